/*
 * Prints the longest time that a port was closed, for a client that connects every half millisecond.
 *
 * outage <port>
 *   Connects to 127.0.0.1:<port> until its input ends.
 * Prints the microseconds between the last connection that was accepted before the longest silence and
 * the first one after it, and how many were refused. A connection that is accepted and then hangs is
 * none of its business.
 * Exit codes: 64 wrong arguments, 1 the port never accepted, or did not accept at the end.
 */
#define _GNU_SOURCE
#include "port.h"
#include <poll.h>
#include <stdio.h>

static int input_ended(void) {
  char byte;
  struct pollfd input = {.fd = 0, .events = POLLIN};
  return poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: outage <port>\n");
    return 64;
  }
  struct sockaddr_in address = loopback(argv[1]);
  long long last = 0, longest = 0, refused = 0;
  int up = 0;
  while (!input_ended()) {
    up = connectable(&address);
    if (up) {
      long long now = now_us();
      if (last && now - last > longest) longest = now - last;
      last = now;
    } else {
      refused++;
    }
    pause_us(500);
  }
  if (!up) return 1;
  printf("%lld %lld\n", longest, refused);
  return 0;
}
