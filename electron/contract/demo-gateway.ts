/** The gateway that comes with Holdfast, as a demonstration. */
import type { ProfileInput } from './profile.ts';

export const demoGateway = {
  /** In the state folders of every version; the name is what people see. */
  id: 'reference',
  name: 'Demo gateway',
  /** Registered for no service, and below the range from which systems hand out ports. */
  port: 18_790,
} as const;

/** Its profile, before the defaults are filled in: this module brings no schemas with it. */
export function demoProfile(port: number = demoGateway.port) {
  return {
    schema: 1,
    id: demoGateway.id,
    name: demoGateway.name,
    program: { type: 'shipped', name: 'reference-gateway' },
    port,
    readiness: { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/healthz' },
    status: { path: '/status' },
    update: { policy: 'swap' },
  } satisfies ProfileInput;
}
