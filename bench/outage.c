/*
 * Says how long a port was gone at the longest, seen by a client that connects every half millisecond.
 *
 * outage <port> <duration-ms>: prints the microseconds between the last connection that was accepted
 * before the longest silence and the first one after it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
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

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  long long end = now_us() + atoll(argv[2]) * 1000, last = 0, longest = 0;
  struct timespec pause = {.tv_nsec = 500000};
  while (now_us() < end) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(s, (struct sockaddr *)&address, sizeof address) == 0) {
      long long now = now_us();
      if (last && now - last > longest) longest = now - last;
      last = now;
    }
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(s);
    nanosleep(&pause, NULL);
  }
  if (!last) return 1;
  printf("%lld\n", longest);
  return 0;
}
