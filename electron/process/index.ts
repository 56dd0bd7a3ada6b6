/** What the other rooms may use of the one room that knows the operating system. */
export { belongsTo } from './census.ts';
export { type Clock, deadline, systemClock } from './clock.ts';
export { diskTrouble } from './disk-trouble.ts';
export { appendDurable, fsyncDir, renameDurable, sweepDrafts, writeDurable } from './durable.ts';
export { endProcess, signalProcess } from './end-process.ts';
export {
  appEnvironment,
  forbiddenVariables,
  gatewayEnvironment,
  windowsVariables,
} from './environment.ts';
export { observeSelf } from './escape-proof.ts';
export { closeSharedExitWaiter, createExitWaiter, sharedExitWaiter } from './exit-waiter.ts';
export { holdersOfPort, whoHoldsPath, whoHoldsPort } from './holders.ts';
export {
  describeProcess,
  identify,
  isAlive,
  readNonce,
  sameProcess,
  selfIdentity,
  startedBefore,
  startTicks,
} from './identity.ts';
export { judgeEscape } from './judge-escape.ts';
export { hasListener, listenersOf, listeningAddressesOf } from './listeners.ts';
export { acquireLock, whoHoldsLock } from './lock.ts';
export {
  clearLogPlace,
  type FileKey,
  fileKeyOf,
  fileKeyOfOpen,
  type LogSource,
  openLogFile,
} from './log-file.ts';
export { logOpenIn, whereLogIs } from './log-place.ts';
export { loginEntries } from './login-entry.ts';
export { type LoginEntries, type LoginProgram, loginEntryId } from './login-program.ts';
export { askLoginShell } from './login-shell.ts';
export { giveMemoryBack } from './memory.ts';
export { userOpenFiles } from './open-files.ts';
export {
  containerProxyOf,
  type OwnerOrder,
  ownerOf,
  type ProcessOwner,
  processOfService,
} from './owner.ts';
export type {
  ExitWaiter,
  HeldLock,
  Holder,
  ListeningSocket,
  OsLock,
  PathHolder,
  ProcessDescription,
  ProcessFacts,
} from './platform-interface.ts';
export { hasRaisedRights } from './raised-rights.ts';
export { peerUser, runtimeFolder, socketPath } from './runtime-folder.ts';
export { findProgram, joinSearchPaths, personalFolders, searchPathFor } from './search-path.ts';
export { launchOutside, spawnDetached } from './spawn-detached.ts';
export {
  type Escape,
  type ExitInfo,
  type Identity,
  nonceVariable,
  SpawnError,
  type SpawnFailure,
  type SpawnResult,
  type SpawnSpec,
  type StreamTarget,
} from './spawn-spec.ts';
export { hashFile, stageFile } from './stage-file.ts';
export {
  isStopPipeName,
  removeStopPipe,
  signalsAreHeard,
  stopPipeName,
  stopPipeVariable,
  writeStopLine,
} from './stop-pipe.ts';
export { mayHaveLeftFamily, type StopOptions, type StopResult, stopTree } from './stop-tree.ts';
export { decodeUserText } from './user-text.ts';
export {
  detachSpawnOptions,
  windowsDetachFlags,
  windowsDetachFlagsWithoutBreakaway,
  windowsHiddenConsoleFlags,
  windowsHiddenConsoleFlagsWithoutBreakaway,
} from './windows-flags.ts';
export { sampleWork, type WorkSample, workBetween } from './work.ts';
