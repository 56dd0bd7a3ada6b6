/** What the other rooms may use of the one room that knows the operating system. */
export { askProgram } from './ask-program.ts';
export {
  belongsTo,
  containerProxyOf,
  descendsFrom,
  familyOf,
  hasFamily,
  leaderOf,
  leadersWritingTo,
  ownerOf,
  processesCarrying,
  processOfService,
  treeHidesFiles,
  withOneScan,
} from './census.ts';
export { type Clock, deadline, systemClock, systemUptimeMs } from './clock.ts';
export { appEnvironment, gatewayEnvironment, windowsVariables } from './environment.ts';
export {
  closeSharedExitWaiter,
  createExitWaiter,
  sharedExitWaiter,
  watchMemoryKills,
} from './exit-waiter.ts';
export { type FolderWatch, watchFolder } from './folder-watch.ts';
export {
  acquireLock,
  hasListener,
  heldSockets,
  holdersOfPort,
  holdFile,
  listenersOf,
  listeningAddressesOf,
  programsIn,
  publisherOf,
  whoHoldsLock,
  whoHoldsPath,
  whoHoldsPort,
} from './holders.ts';
export {
  describeProcess,
  endedWithSystem,
  endProcess,
  identify,
  isAlive,
  readNonce,
  sameProcess,
  signalProcess,
  startedBefore,
  startTicks,
} from './identity.ts';
export type { InstalledPrograms, ListedProgram } from './installed-programs.ts';
export { judgeEscape } from './judge-escape.ts';
export { logOpenIn, whereLogIs } from './log-location.ts';
export { type LoginEntries, type LoginProgram, loginEntryId } from './login-entry.ts';
export { askLoginShell } from './login-shell.ts';
export type {
  ExitWaiter,
  HeldLock,
  Holder,
  ListeningSocket,
  MemoryKills,
  OsLock,
  OwnerOrder,
  PathHolder,
  ProcessDescription,
  ProcessFacts,
  ProcessOwner,
  UserNamespaces,
} from './platform-interface.ts';
export { runInTerminal } from './run-in-terminal.ts';
export { peerUser, runtimeFolder, socketPath } from './runtime-folder.ts';
export { findProgram, joinSearchPaths, personalFolders, searchPathFor } from './search-path.ts';
export {
  batteryPercent,
  giveMemoryBack,
  hasRaisedRights,
  isMetered,
  isTrayShown,
  observeSelf,
  selfIdentity,
  userNamespaces,
  userOpenFiles,
} from './self.ts';
export {
  installedPrograms,
  isOfLoginEntry,
  launchOutside,
  loginEntries,
  spawnDetached,
  userPath,
} from './spawn-detached.ts';
export {
  type Escape,
  type ExitInfo,
  type Identity,
  type NamedSocket,
  SpawnError,
  type SpawnFailure,
  type SpawnResult,
  type SpawnSpec,
  type StreamTarget,
} from './spawn-spec.ts';
export {
  isStopPipeName,
  removeStopPipe,
  signalsAreHeard,
  stopPipeName,
  stopPipeVariable,
  writeStopLine,
} from './stop-pipe.ts';
export { mayHaveLeftFamily, type StopOptions, type StopResult, stopTree } from './stop-tree.ts';
export { usageOf } from './usage.ts';
export type { UserPath } from './user-path.ts';
export { exitOf, firstOf, once, passed, until, within } from './wait.ts';
export { diagnose } from './why-not-started.ts';
export { minWorkMs, sampleWork, type WorkSample, workBetween, worked } from './work.ts';
