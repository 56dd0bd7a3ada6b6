/*
 * Asks a server all the time, as many clients would, and prints how they fared.
 *
 * waits <port> [in-turn]
 *   Opens a connection to 127.0.0.1:<port> every millisecond and asks GET /, until its input ends; then
 *   waits up to ten seconds for the answers that are still to come. `in-turn`: one client, which asks the next
 *   time a millisecond after its answer, and again at once when it gets none.
 * Prints: connections refused; broken without an answer; answered; and the longest wait for the first byte
 * of an answer, from the moment of the connect, in microseconds.
 * Exit codes: 64 wrong arguments, 1 too many clients wait at the same time.
 */
#define _GNU_SOURCE
#include "port.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>

enum { most = 16384 };
static const char question[] = "GET / HTTP/1.0\r\n\r\n";
static const long long every_us = 1000, patience_us = 10000000;

struct client {
  long long since;
  int asked;
};
static struct pollfd files[most];
static struct client clients[most];
static int count;
static long refused, broken, answered;
static long long longest;
/* In turn: since when the one client waits for an answer; 0 when it does not. */
static int in_turn;
static long long waits_since;

static void drop(int at) {
  /* A reset instead of a lingering close keeps thousands of TIME_WAITs out of the measurement. */
  struct linger hard = {.l_onoff = 1, .l_linger = 0};
  setsockopt(files[at].fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(files[at].fd);
  count--;
  files[at] = files[count];
  clients[at] = clients[count];
}

static void begin(const struct sockaddr_in *address) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (s < 0) return;
  long long since = now_us();
  if (in_turn) since = waits_since = waits_since ? waits_since : since;
  clients[count] = (struct client){.since = since};
  files[count] = (struct pollfd){.fd = s, .events = POLLOUT};
  count++;
  if (connect(s, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EINPROGRESS) return;
  refused++;
  drop(count - 1);
}

/* Goes on with one client; 0 when it is done. */
static int go_on(int at) {
  char byte[512];
  int error = 0;
  socklen_t length = sizeof error;
  if (!clients[at].asked) {
    getsockopt(files[at].fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error || send(files[at].fd, question, sizeof question - 1, MSG_NOSIGNAL) < 0) {
      if (error == ECONNREFUSED) refused++;
      else broken++;
      return 0;
    }
    clients[at].asked = 1;
    files[at].events = POLLIN;
    return 1;
  }
  if (recv(files[at].fd, byte, sizeof byte, 0) > 0) {
    long long wait = now_us() - clients[at].since;
    if (wait > longest) longest = wait;
    waits_since = 0;
    answered++;
  } else {
    broken++;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: waits <port> [in-turn]\n");
    return 64;
  }
  in_turn = argc > 2;
  struct sockaddr_in address = loopback(argv[1]);
  long long next = now_us(), end = 0;
  while (!end || (count > 0 && now_us() < end)) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    char byte;
    if (!end && poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0) end = now_us() + patience_us;
    if (!end && now_us() >= next && !(in_turn && count > 0)) {
      if (count >= most - 1) return 1;
      begin(&address);
      next = now_us() + every_us;
    }
    poll(files, count, 1);
    for (int at = count - 1; at >= 0; at--) {
      if (files[at].revents && !go_on(at)) drop(at);
    }
  }
  printf("%ld %ld %ld %lld\n", refused, broken + count, answered, longest);
  return 0;
}
