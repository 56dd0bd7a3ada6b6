/*
 * Says how long a port was gone at the longest, seen by a client that connects every half millisecond.
 *
 * outage <port>
 *   Connects to 127.0.0.1:<port> until its input ends.
 * Prints the microseconds between the last connection that was accepted before the longest silence and
 * the first one after it, and how many were refused. A connection that is accepted and then hangs is
 * none of its business.
 * Exit codes: 64 wrong arguments, 1 nobody ever accepted, or nobody did in the end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

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
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  /* A reset instead of a lingering close keeps thousands of TIME_WAITs out of the measurement. */
  struct linger hard = {.l_onoff = 1, .l_linger = 0};
  struct timespec pause = {.tv_nsec = 500000};
  long long last = 0, longest = 0, refused = 0;
  int up = 0;
  while (!input_ended()) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0) return 1;
    up = connect(s, (const struct sockaddr *)&address, sizeof address) == 0;
    if (up) {
      long long now = now_us();
      if (last && now - last > longest) longest = now - last;
      last = now;
    } else {
      refused++;
    }
    setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(s);
    nanosleep(&pause, NULL);
  }
  if (!up) return 1;
  printf("%lld %lld\n", longest, refused);
  return 0;
}
