/*
 * Kills a server again as soon as it is back, for a while, and prints how its supervisor reacted.
 *
 * storm <supervisor-pid> <port> <storm-ms> <patience-ms>
 *   For <storm-ms>: waits until 127.0.0.1:<port> accepts, then SIGKILLs every child of the
 *   supervisor. Then leaves it alone, and waits up to <patience-ms> until the port accepts.
 * Prints the microseconds since the first kill, a line for each kill; then "back" and when, or "gone".
 * Exit codes: 64 wrong arguments, 1 no server was there at the beginning.
 */
#define _GNU_SOURCE
#include "port.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* A killed process that is still there after this long is stuck in the kernel. */
static const int end_ms = 10000;

/* Whether a program accepts before the deadline. */
static int back_by(const struct sockaddr_in *address, long long deadline) {
  for (;;) {
    if (connectable(address)) return 1;
    if (now_us() >= deadline) return 0;
    pause_us(50);
  }
}

/* The parent of a running process; 0 when there is none. */
static int parent_of(const char *pid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = '\0';
  /* The name in brackets may hold anything; state and parent follow it. */
  char *after = strrchr(text, ')');
  char state = 0;
  int parent = 0;
  if (!after || sscanf(after + 1, " %c %d", &state, &parent) != 2) return 0;
  return state == 'Z' || state == 'X' ? 0 : parent;
}

/* Kills the children and waits for their ends: their sockets are closed by then. */
static void kill_children(int supervisor) {
  DIR *table = opendir("/proc");
  if (!table) return;
  for (struct dirent *entry; (entry = readdir(table));) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    if (parent_of(entry->d_name) != supervisor) continue;
    int pidfd = (int)syscall(SYS_pidfd_open, atoi(entry->d_name), 0);
    if (pidfd < 0) continue;
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0) poll(&end, 1, end_ms);
    close(pidfd);
  }
  closedir(table);
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: storm <supervisor-pid> <port> <storm-ms> <patience-ms>\n");
    return 64;
  }
  int supervisor = atoi(argv[1]);
  struct sockaddr_in address = loopback(argv[2]);
  if (!connectable(&address)) return 1;
  long long begin = now_us(), end = begin + atoll(argv[3]) * 1000;
  while (now_us() < end && back_by(&address, end)) {
    printf("%lld\n", now_us() - begin);
    kill_children(supervisor);
  }
  if (back_by(&address, now_us() + atoll(argv[4]) * 1000)) printf("back %lld\n", now_us() - begin);
  else printf("gone\n");
  return 0;
}
