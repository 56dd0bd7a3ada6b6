/*
 * Kills one server and says how long its port was gone, seen from outside.
 *
 * probe <pid> <port> [deadline-ms]
 *   SIGKILL to <pid>, waits for its end on a pidfd (its socket is closed by then), then connects to
 *   127.0.0.1:<port> every 50 microseconds until somebody accepts.
 * Prints the microseconds from the kill to the accepted connection.
 * Exit codes: 64 wrong arguments, 3 no such process, 1 nobody was back by the deadline.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int connectable(const struct sockaddr_in *address) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0) return 0;
  int ok = connect(s, (const struct sockaddr *)address, sizeof *address) == 0;
  /* A reset instead of a lingering close keeps thousands of TIME_WAITs out of the measurement. */
  struct linger hard = {.l_onoff = 1, .l_linger = 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(s);
  return ok;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: probe <pid> <port> [deadline-ms]\n");
    return 64;
  }
  int pid = atoi(argv[1]);
  long long deadline_us = (argc > 3 ? atoll(argv[3]) : 10000) * 1000;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

  int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (pidfd < 0) return 3;
  long long start = now_us();
  if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) != 0) return 3;
  struct pollfd end = {.fd = pidfd, .events = POLLIN};
  poll(&end, 1, 10000);
  struct timespec pause = {.tv_nsec = 50000};
  while (now_us() - start < deadline_us) {
    if (connectable(&address)) {
      printf("%lld\n", now_us() - start);
      return 0;
    }
    nanosleep(&pause, NULL);
  }
  return 1;
}
