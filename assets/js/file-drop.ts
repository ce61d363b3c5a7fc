// <file-drop>: files and whole folders dropped or chosen, listed with their paths and sizes, and sent with their paths.

/** Files read of dropped folders at most; the server says what one commit may hold. */
const MOST = 1000;

interface Picked {
  path: string;
  file: File;
}

class FileDrop extends HTMLElement {
  private picked: Picked[] = [];

  connectedCallback(): void {
    const form = this.closest('form');
    const [input, folder] = this.querySelectorAll<HTMLInputElement>('input[type="file"]');
    if (!form || !input) return;
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      this.addEventListener(name, (event) => {
        event.preventDefault();
        this.classList.toggle('is-over', name === 'dragenter' || name === 'dragover');
      });
    }
    this.addEventListener('drop', (event) => void this.takeDropped(event.dataTransfer));
    for (const one of [input, folder]) {
      one?.addEventListener('change', () => {
        this.add(
          [...(one.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })),
        );
        one.value = '';
      });
    }
    form.addEventListener('submit', () => this.hand(form, input));
  }

  private async takeDropped(data: DataTransfer | null): Promise<void> {
    if (!data) return;
    // Both have to be asked for before anything is waited for: the list is emptied then.
    const entries = [...data.items].map((item) => item.webkitGetAsEntry());
    const plain = [...data.files];
    const found: Picked[] = [];
    if (entries.some((entry) => entry !== null)) for (const entry of entries) await collect(entry, '', found);
    else found.push(...plain.map((file) => ({ file, path: file.name })));
    this.add(found);
  }

  private add(more: Picked[]): void {
    const byPath = new Map([...this.picked, ...more].map((one) => [one.path, one]));
    this.picked = [...byPath.values()];
    this.show();
  }

  private show(): void {
    const list = this.querySelector('.upload-list');
    list?.replaceChildren(...this.picked.map((one) => this.row(one)));
    const size = this.picked.reduce((sum, { file }) => sum + file.size, 0);
    const isTooLarge = size > Number(this.closest('form')?.dataset.limit ?? 0);
    const warning = this.querySelector<HTMLElement>('[data-too-large]');
    if (warning) warning.hidden = !isTooLarge;
    const button = this.closest('form')?.querySelector<HTMLButtonElement>('button[type="submit"]');
    if (button) button.disabled = isTooLarge;
  }

  private row(one: Picked): HTMLElement {
    const row = document.createElement('li');
    const name = document.createElement('span');
    name.className = 'mono break grow';
    name.textContent = one.path;
    const size = document.createElement('span');
    size.className = 'muted small nowrap';
    size.textContent = sizeText(one.file.size);
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.className = 'btn btn-sm';
    remove.textContent = 'Remove';
    remove.setAttribute('aria-label', `Remove ${one.path}`);
    remove.addEventListener('click', () => {
      this.picked = this.picked.filter((other) => other !== one);
      this.show();
    });
    row.append(name, size, remove);
    return row;
  }

  /** Puts all that was picked into the field that the form sends, with a path for each. */
  private hand(form: HTMLFormElement, input: HTMLInputElement): void {
    const transfer = new DataTransfer();
    for (const old of form.querySelectorAll('input[name="paths"]')) old.remove();
    for (const { file, path } of this.picked) {
      transfer.items.add(file);
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = 'paths';
      field.value = path;
      form.append(field);
    }
    input.files = transfer.files;
  }
}

async function collect(entry: FileSystemEntry | null, above: string, found: Picked[]): Promise<void> {
  if (!entry || found.length >= MOST) return;
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A directory is read in parts, up to an empty one.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0 || found.length >= MOST) return;
    for (const below of part) await collect(below, `${path}/`, found);
  }
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  let size = bytes;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

if (!customElements.get('file-drop')) customElements.define('file-drop', FileDrop);

export {};
