// Stands for node:sea while a bundle runs outside of the executable: assets come from the stage directory.
const { readdirSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** The module `node:sea` as the bundle will see it later. */
module.exports = function stagedSea(stage) {
  return {
    isSea: () => true,
    getAssetKeys: () =>
      readdirSync(stage, { recursive: true }).filter((name) => statSync(join(stage, name)).isFile()),
    getRawAsset: (name) => {
      const bytes = readFileSync(join(stage, name));
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    },
  };
};
