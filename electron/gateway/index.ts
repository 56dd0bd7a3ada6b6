/** What the watcher may use of this room. */
export { defaultProfile, defaultProfileId, findFreePort } from './default-profile.ts';
export { followLog, type Tail, type TailOptions } from './log-tail.ts';
export {
  hashProfile,
  type LoadedProfiles,
  loadProfiles,
  needsPort,
  removeProfile,
  saveProfile,
} from './profiles.ts';
export { createSupervisor } from './supervisor.ts';
export type {
  ResumeOptions,
  ShippedProgram,
  StartReport,
  StopReport,
  Supervisor,
  SupervisorDeps,
  Tuning,
} from './types.ts';
