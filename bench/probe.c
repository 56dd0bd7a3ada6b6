/*
 * Kills one server and prints how long its port was closed, as seen from outside.
 *
 * probe <pid> <port> [deadline-ms]
 *   SIGKILL to <pid>, waits for its end on a pidfd (its socket is closed by then), then connects to
 *   127.0.0.1:<port> every 50 microseconds until one is accepted.
 * Prints the microseconds from the kill to the accepted connection.
 * Exit codes: 64 wrong arguments, 3 no such process, 1 no server was back by the deadline.
 */
#define _GNU_SOURCE
#include "port.h"
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: probe <pid> <port> [deadline-ms]\n");
    return 64;
  }
  int pid = atoi(argv[1]);
  long long deadline_us = (argc > 3 ? atoll(argv[3]) : 10000) * 1000;
  struct sockaddr_in address = loopback(argv[2]);

  int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (pidfd < 0) return 3;
  long long start = now_us();
  if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) != 0) return 3;
  struct pollfd end = {.fd = pidfd, .events = POLLIN};
  poll(&end, 1, 10000);
  while (now_us() - start < deadline_us) {
    if (connectable(&address)) {
      printf("%lld\n", now_us() - start);
      return 0;
    }
    pause_us(50);
  }
  return 1;
}
