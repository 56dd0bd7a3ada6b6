/**
 * The yardstick of `bench:listen`: takes the listening socket that it was given, else opens the port
 * itself; answers its pid; and finishes what it has accepted when it is asked to stop.
 *
 * node passed-server.mjs <port>
 */
import { createServer } from 'node:http';

const server = createServer((_request, response) => {
  response.setHeader('connection', 'close');
  response.end(`${process.pid}\n`);
});
process.on('SIGTERM', () => server.close(() => process.exit(0)));
if (process.env.LISTEN_PID === String(process.pid)) server.listen({ fd: 3 }, 4096);
else server.listen(Number(process.argv[2]), '127.0.0.1');
