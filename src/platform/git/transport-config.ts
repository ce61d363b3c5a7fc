// The configuration of the processes that talk to git clients, given to each at its start.

/** Where commits are pushed to be proposed: `refs/for/<branch>`. */
export const PROPOSED = 'refs/for/';

type ConfigEntries = readonly (readonly [key: string, value: string])[];

/** Refs that clients neither see nor move. */
export const INTERNAL_REFS = 'refs/opencodehub';

const SHARED: ConfigEntries = [
  ['transfer.hideRefs', INTERNAL_REFS],
  ['core.bigFileThreshold', '50m'],
];

/**
 * For upload-pack. Like GitHub, any reachable object may be asked for by its id in protocol v0 and v1; protocol v2 has
 * no such check. Filters that cost more than they save are refused.
 */
export const UPLOAD_CONFIG: ConfigEntries = [
  ...SHARED,
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowTipSHA1InWant', 'true'],
  ['uploadpack.allowReachableSHA1InWant', 'true'],
  ['uploadpackfilter.allow', 'false'],
  ['uploadpackfilter.blob:none.allow', 'true'],
  ['uploadpackfilter.blob:limit.allow', 'true'],
  ['uploadpackfilter.tree.allow', 'true'],
  ['uploadpackfilter.object:type.allow', 'true'],
  ['uploadpackfilter.combine.allow', 'true'],
];

/** Besides, for upload-pack, where a client may not know of pull requests. */
export const WITHOUT_PULLS: ConfigEntries = [
  ['uploadpack.hideRefs', 'refs/pull'],
  ['uploadpack.hideRefs', 'refs/queue'],
];

/** Mistakes that old tools left in many well-known histories and that harm nobody. */
const FORGIVEN = ['badTimezone', 'missingSpaceBeforeDate', 'zeroPaddedFilemode'];

/** For receive-pack, with the most bytes one pack may have. */
export function receiveConfig(hooksPath: string, maxBytes: number): ConfigEntries {
  return [
    ...SHARED,
    ['core.hooksPath', hooksPath],
    // Refs are synced by ref-durability.ts.
    ['core.fsync', 'loose-object,pack,pack-metadata'],
    ['receive.fsckObjects', 'true'],
    ...FORGIVEN.map((id) => [`receive.fsck.${id}`, 'ignore'] as const),
    ['receive.maxInputSize', String(maxBytes)],
    ['receive.advertisePushOptions', 'true'],
    ['receive.advertiseAtomic', 'true'],
    // Commits that are proposed are no refs: proc-receive makes pull requests of them.
    ['receive.procReceiveRefs', PROPOSED.slice(0, -1)],
    // Of pull requests and queues there may be many thousands; they can be fetched, and nobody pushes to them.
    ['receive.hideRefs', 'refs/pull'],
    ['receive.hideRefs', 'refs/queue'],
    // In quarantine the repository itself is an alternate: its refs would be listed a second time.
    ['core.alternateRefsPrefixes', `${INTERNAL_REFS}/none/`],
    ['receive.autogc', 'false'],
    ['receive.denyDeleteCurrent', 'refuse'],
    ['receive.updateServerInfo', 'false'],
  ];
}

/** For fetching from other servers: their objects are checked as those of pushes are, and nothing more is asked for. */
export const FETCH_CONFIG: ConfigEntries = [
  ['core.bigFileThreshold', '50m'],
  ['fetch.fsckObjects', 'true'],
  ...FORGIVEN.map((id) => [`fetch.fsck.${id}`, 'ignore'] as const),
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['transfer.bundleURI', 'false'],
];
