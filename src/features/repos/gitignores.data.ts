// Starting points for .gitignore, by what a project is written in.

const TEMPLATES: Readonly<Record<string, string>> = {
  C: '*.o\n*.a\n*.so\n*.so.*\n*.dylib\n*.obj\n*.lib\n*.dll\n*.exe\n*.out\n*.d\n*.gch\nbuild/\n',
  'C++':
    '*.o\n*.a\n*.so\n*.so.*\n*.dylib\n*.obj\n*.lib\n*.dll\n*.exe\n*.out\n*.d\n*.pch\nbuild/\ncmake-build-*/\n',
  'C#': 'bin/\nobj/\n.vs/\n*.user\n*.suo\nTestResults/\nartifacts/\n*.nupkg\n',
  Dart: '.dart_tool/\n.packages\nbuild/\npubspec.lock\ndoc/api/\n',
  Elixir: '_build/\ndeps/\ncover/\ndoc/\nerl_crash.dump\n*.ez\n.elixir_ls/\n',
  Go: '*.exe\n*.test\n*.out\ngo.work\ngo.work.sum\nvendor/\nbin/\n.env\n',
  Haskell: 'dist/\ndist-newstyle/\n.stack-work/\n*.hi\n*.o\n*.dyn_hi\n*.dyn_o\ncabal.project.local\n',
  Java: '*.class\n*.jar\n*.war\n*.ear\ntarget/\nbuild/\n.gradle/\nout/\n.classpath\n.project\n.settings/\nhs_err_pid*\n',
  Kotlin: '*.class\n*.jar\n.gradle/\nbuild/\nout/\n.kotlin/\nlocal.properties\n',
  Lua: 'luac.out\n*.rock\nlua_modules/\n.luarocks/\n*.so\n*.o\n',
  Nix: 'result\nresult-*\n.direnv/\n',
  Node: 'node_modules/\ndist/\ncoverage/\n*.log\n.env\n.env.*\n!.env.example\n*.tsbuildinfo\n.cache/\n.npm/\n',
  PHP: 'vendor/\n.env\n*.log\n.phpunit.cache/\n.phpunit.result.cache\n.php-cs-fixer.cache\n',
  Python:
    '__pycache__/\n*.py[cod]\n*.so\n.venv/\nvenv/\nbuild/\ndist/\n*.egg-info/\n.pytest_cache/\n.mypy_cache/\n.ruff_cache/\n.coverage\nhtmlcov/\n.env\n',
  R: '.Rhistory\n.RData\n.Rproj.user/\n*.Rcheck/\n*.tar.gz\n.Renviron\n',
  Ruby: '*.gem\n.bundle/\nvendor/bundle/\ncoverage/\npkg/\ntmp/\nlog/\n.env\n',
  Rust: '/target/\n**/*.rs.bk\n*.pdb\n',
  Scala: 'target/\n.bsp/\n.metals/\n.bloop/\nproject/metals.sbt\n*.class\n',
  Swift: '.build/\nDerivedData/\n*.xcuserstate\nxcuserdata/\nPackages/\n.swiftpm/\n',
  Terraform: '.terraform/\n*.tfstate\n*.tfstate.*\ncrash.log\n*.tfvars\noverride.tf\n',
  TeX: '*.aux\n*.bbl\n*.blg\n*.fdb_latexmk\n*.fls\n*.log\n*.out\n*.synctex.gz\n*.toc\n',
  Zig: '.zig-cache/\nzig-cache/\nzig-out/\n',
};

/** The names of the templates, in alphabetical order. */
export const GITIGNORE_NAMES: readonly string[] = Object.keys(TEMPLATES);

/** The content of a template; undefined for a name that is not in GITIGNORE_NAMES. */
export function gitignoreText(name: string): string | undefined {
  return Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
}
