/* A port of 127.0.0.1 as the programs that watch from outside see it, and the clock they go by. */
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Microseconds of a clock that is never set. */
static inline long long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static inline void pause_us(long us) {
  struct timespec pause = {.tv_nsec = us * 1000};
  nanosleep(&pause, NULL);
}

static inline struct sockaddr_in loopback(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/* Whether a program accepts now. */
static inline int connectable(const struct sockaddr_in *address) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0) return 0;
  int ok = connect(s, (const struct sockaddr *)address, sizeof *address) == 0;
  /* A reset instead of a lingering close keeps thousands of TIME_WAITs out of the measurement. */
  struct linger hard = {.l_onoff = 1, .l_linger = 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(s);
  return ok;
}
