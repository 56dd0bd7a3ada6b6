/**
 * The yardstick: the minimum that plain Node needs to answer HTTP on 127.0.0.1. Anything slower to
 * become connectable has other costs.
 *
 * node node-server.mjs <port>
 */
import { createServer } from 'node:http';

createServer((_request, response) => {
  response.setHeader('content-length', 3);
  response.end('ok\n');
}).listen(Number(process.argv[2]), '127.0.0.1');
