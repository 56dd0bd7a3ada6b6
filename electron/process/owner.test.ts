/** Who looks after a process, judged from what the system tells of it. */
import { describe, expect, it } from 'vitest';
import { containerOf, supervisorAmong } from './linux/owner.ts';
import { matchesService } from './owner.ts';
import { starterAmong } from './windows/owner.ts';

const id = 'ab'.repeat(32);

describe('a control group', () => {
  it.each([
    [`/system.slice/docker-${id}.scope`, 'docker (container abababababab)'],
    [`/docker/${id}`, 'docker (container abababababab)'],
    [
      `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`,
      'podman (container abababababab)',
    ],
    [
      `/kubepods/besteffort/pod1/cri-containerd-${id}.scope`,
      'a container engine (container abababababab)',
    ],
    ['/system.slice/nginx.service', null],
  ])('%s names the container %s', (cgroup, name) => {
    expect(containerOf(cgroup, '/')).toBe(name);
  });

  it('that is our own says nothing: Holdfast may live in a container itself', () => {
    expect(containerOf(`/docker/${id}`, `/docker/${id}`)).toBeNull();
  });
});

describe('a parent', () => {
  const parent = (name: string, ...argv: string[]) => ({
    pid: 7,
    exe: '',
    argv: [name, ...argv],
    name,
  });
  const none = (): undefined => undefined;
  const of = (variables: Record<string, string>) => (name: string) => variables[name];

  it.each([
    ['runsv', 'runit (/etc/service/g)'],
    ['s6-supervise', 's6 (/etc/service/g)'],
    ['supervise', 'daemontools (/etc/service/g)'],
  ])('%s is asked by the pipe in its folder', (name, shown) => {
    const found = supervisorAmong([parent('sh'), parent(name)], none, () => '/etc/service/g');
    expect(found).toMatchObject({ type: 'supervisor', name: shown });
    expect(found?.order).not.toBeNull();
  });

  it('whose folder is hidden is named, and not asked', () => {
    const found = supervisorAmong([parent('runsv')], none, none);
    expect(found).toEqual({ type: 'supervisor', name: 'runit', order: null });
  });

  it.each([
    [
      parent('python3', '/usr/bin/supervisord', '-n'),
      of({ SUPERVISOR_PROCESS_NAME: 'claw' }),
      'supervisord (claw)',
    ],
    [
      parent('node', 'PM2 v5.3.0: God Daemon (/root/.pm2)'),
      of({ pm_id: '0', name: 'claw' }),
      'pm2 (claw)',
    ],
    [parent('node', 'PM2 v5.3.0: God Daemon (/root/.pm2)'), none, 'pm2'],
    [parent('containerd-shim-runc-v2'), none, 'a container'],
    [parent('conmon'), none, 'a container'],
  ])('%o is named [R79]', (one, variable, name) => {
    expect(supervisorAmong([one], variable)).toEqual({ type: 'supervisor', name, order: null });
  });

  it('that is a plain shell or program manages nothing', () => {
    expect(supervisorAmong([parent('bash'), parent('node')], none)).toBeNull();
  });

  it.each([
    [['cmd.exe', 'svchost.exe', 'services.exe'], { type: 'supervisor', name: 'a scheduled task' }],
    [['services.exe', 'wininit.exe'], { type: 'supervisor', name: 'a Windows service' }],
    [
      ['powershell.exe', 'WindowsTerminal.exe', 'explorer.exe'],
      { type: 'terminal', name: 'a terminal (powershell)' },
    ],
    [['explorer.exe'], null],
  ])('of Windows, %j, tells', (parents, starter) => {
    expect(starterAmong(parents)).toEqual(starter);
  });
});

describe('the name of a service', () => {
  const patterns = ['openclaw-gateway*.service', 'ai.openclaw.gateway'];
  it.each([
    ['openclaw-gateway.service', true],
    ['openclaw-gateway-work.service', true],
    ['ai.openclaw.gateway', true],
    ['ai.openclaw.gateway2', false],
    ['aixopenclaw.gateway', false],
    ['my-openclaw-gateway.service', false],
  ])('%s is one that the profile knows: %s', (name, known) => {
    expect(matchesService(name, patterns)).toBe(known);
  });
});
