/*
 * The C floor: fork, exec, wait, and again. Nothing is checked, written or remembered.
 *
 * floor <program> [argument ...]; SIGTERM ends it and its child.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t child;

static void leave(int signal) {
  (void)signal;
  if (child > 0) kill(child, SIGKILL);
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc < 2) return 64;
  signal(SIGTERM, leave);
  for (;;) {
    child = fork();
    if (child == 0) {
      setsid();
      signal(SIGTERM, SIG_DFL);
      execv(argv[1], argv + 1);
      _exit(127);
    }
    if (child < 0 || waitpid(child, 0, 0) < 0) return 1;
  }
}
