/*
 * The program at the front of an AppImage, for machines that cannot fetch the usual one.
 *
 * An AppImage is this executable followed by a squashfs image of the application. Started by the
 * user, it mounts that image and becomes the application:
 *
 *     app:     main() --fork--> waits for "mounted" --> exec AppRun       (same pid throughout)
 *                  \                 ^
 *     server:       mount ----------'  serve files ... app ends --> lazy unmount --> last file
 *                                                                   closed --> exit
 *
 * The server watches the application's own process through a pidfd, and nothing else. It does not
 * wait for the application's children: a detached helper that outlives the application must not
 * keep the mount, nor the old version behind it, alive. A process that still has a file open keeps
 * reading it (the unmount is lazy); the mount point itself is removed at once.
 *
 * Also understood, as users of AppImages expect:
 *     --appimage-offset              where the squashfs image starts, in bytes
 *     --appimage-extract [pattern]   unpack all of it, or what matches, into ./squashfs-root
 *     APPIMAGE_EXTRACT_AND_RUN=1     unpack to a temporary folder instead of mounting; this is
 *                                    also what happens where mounting fails
 *
 * Build: gcc -static, with libsquashfuse-dev and libfuse3-dev (see toolchain.mjs).
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 32
#include <squashfuse/ll.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exported by libsquashfuse, but missing from its headers in Debian 12. */
extern sqfs_err sqfs_stat(sqfs *fs, sqfs_inode *inode, struct stat *st);
extern sqfs_ll *sqfs_ll_open(const char *path, size_t offset);

extern char **environ;

enum {
    EXIT_NO_START = 127, /* as a shell says "could not run it" */
    COPY_BYTES = 1 << 20,
    DEPTH_OF_REMOVAL = 32,
};

/* ---- where the image starts ------------------------------------------------------------- */

/* The end of this ELF file: its section headers, or the last section where that lies behind. */
static off_t end_of_elf(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    Elf64_Ehdr header;
    if (pread(fd, &header, sizeof header, 0) != sizeof header) {
        close(fd);
        return -1;
    }
    off_t end = (off_t)header.e_shoff + (off_t)header.e_shentsize * header.e_shnum;
    for (int i = 0; i < header.e_shnum; i++) {
        Elf64_Shdr section;
        off_t at = (off_t)header.e_shoff + (off_t)i * header.e_shentsize;
        if (pread(fd, &section, sizeof section, at) != sizeof section) break;
        off_t section_end = (off_t)(section.sh_offset + section.sh_size);
        if (section.sh_type != SHT_NOBITS && section_end > end) end = section_end;
    }
    close(fd);
    return end;
}

/* ---- unpacking -------------------------------------------------------------------------- */

static void make_parents(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0755);
        *slash = '/';
    }
}

static bool unpack_link(sqfs *fs, sqfs_inode *inode, const char *to)
{
    size_t size = 0;
    if (sqfs_readlink(fs, inode, NULL, &size) != SQFS_OK) return false;
    char *target = malloc(size + 1);
    bool ok = target && sqfs_readlink(fs, inode, target, &size) == SQFS_OK;
    unlink(to);
    ok = ok && symlink(target, to) == 0;
    free(target);
    return ok;
}

static bool unpack_file(sqfs *fs, sqfs_inode *inode, mode_t mode, const char *to)
{
    static char buffer[COPY_BYTES];
    unlink(to);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777);
    if (out < 0) return false;
    sqfs_off_t at = 0;
    sqfs_off_t size = (sqfs_off_t)inode->xtra.reg.file_size;
    bool ok = true;
    while (ok && at < size) {
        sqfs_off_t count = sizeof buffer;
        ok = sqfs_read_range(fs, inode, at, &count, buffer) == SQFS_OK && count > 0 &&
             write(out, buffer, (size_t)count) == count;
        at += count;
    }
    return close(out) == 0 && ok;
}

/* Unpacks what matches `pattern` (NULL: everything) below `folder`. A folder that matches comes
 * with all it holds. Returns false, with a message, at the first file that fails. */
static bool unpack(const char *image, off_t offset, const char *pattern, const char *folder, bool list)
{
    sqfs fs;
    sqfs_fd_t fd;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    if (sqfs_fd_open(image, &fd, true) != SQFS_OK || sqfs_init(&fs, fd, (size_t)offset) != SQFS_OK ||
        sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)) != SQFS_OK) {
        fprintf(stderr, "%s: no readable squashfs image at byte %lld\n", image, (long long)offset);
        return false;
    }
    mkdir(folder, 0755);
    while (sqfs_traverse_next(&walk, &error)) {
        if (walk.dir_end) continue;
        if (pattern && fnmatch(pattern, walk.path, FNM_PATHNAME | FNM_LEADING_DIR) != 0) continue;
        char to[PATH_MAX];
        struct stat st;
        sqfs_inode inode;
        if (snprintf(to, sizeof to, "%s/%s", folder, walk.path) >= (int)sizeof to ||
            sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&walk.entry)) != SQFS_OK ||
            sqfs_stat(&fs, &inode, &st) != SQFS_OK) {
            error = SQFS_ERR;
            break;
        }
        make_parents(to);
        bool ok = true;
        if (S_ISDIR(st.st_mode)) ok = mkdir(to, 0755) == 0 || errno == EEXIST;
        else if (S_ISLNK(st.st_mode)) ok = unpack_link(&fs, &inode, to);
        else if (S_ISREG(st.st_mode)) ok = unpack_file(&fs, &inode, st.st_mode, to);
        if (!ok) {
            fprintf(stderr, "%s: could not be unpacked: %s\n", to, strerror(errno));
            error = SQFS_ERR;
            break;
        }
        if (list) puts(to);
    }
    sqfs_traverse_close(&walk);
    sqfs_fd_close(fd);
    return error == SQFS_OK;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

/* Unpacks to `folder`, runs AppRun there, and cleans up behind it. */
static int unpack_and_run(const char *image, off_t offset, const char *folder, char **argv)
{
    if (!unpack(image, offset, NULL, folder, false)) return EXIT_NO_START;
    pid_t app;
    int status = 0;
    if (posix_spawn(&app, argv[0], NULL, NULL, argv, environ) != 0) return EXIT_NO_START;
    while (waitpid(app, &status, 0) < 0 && errno == EINTR) continue;
    nftw(folder, remove_one, DEPTH_OF_REMOVAL, FTW_DEPTH | FTW_PHYS);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- mounting --------------------------------------------------------------------------- */

struct watch {
    int app; /* a pidfd: it names this very process and no later one with its number */
    const char *folder;
};

static void unmount_lazily(const char *folder)
{
    static const char *const helpers[] = {"fusermount3", "fusermount"};
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++) {
        char *const argv[] = {(char *)helpers[i], "-u", "-z", "-q", "--", (char *)folder, NULL};
        pid_t helper;
        int status = 0;
        if (posix_spawnp(&helper, helpers[i], NULL, NULL, argv, environ) != 0) continue;
        while (waitpid(helper, &status, 0) < 0 && errno == EINTR) continue;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    }
    umount2(folder, MNT_DETACH); /* root needs no helper */
}

static void *unmount_when_app_ends(void *argument)
{
    const struct watch *watch = argument;
    struct pollfd app = {.fd = watch->app, .events = POLLIN};
    while (poll(&app, 1, -1) < 0 && errno == EINTR) continue;
    unmount_lazily(watch->folder);
    rmdir(watch->folder);
    return NULL;
}

static void fill_operations(struct fuse_lowlevel_ops *ops)
{
    memset(ops, 0, sizeof *ops);
    ops->getattr = sqfs_ll_op_getattr;
    ops->opendir = sqfs_ll_op_opendir;
    ops->releasedir = sqfs_ll_op_releasedir;
    ops->readdir = sqfs_ll_op_readdir;
    ops->lookup = sqfs_ll_op_lookup;
    ops->open = sqfs_ll_op_open;
    ops->create = sqfs_ll_op_create;
    ops->release = sqfs_ll_op_release;
    ops->read = sqfs_ll_op_read;
    ops->readlink = sqfs_ll_op_readlink;
    ops->listxattr = sqfs_ll_op_listxattr;
    ops->getxattr = sqfs_ll_op_getxattr;
    ops->forget = sqfs_ll_op_forget;
    ops->statfs = stfs_ll_op_statfs;
}

/* Releases everything of the user's: the terminal, the working folder, and pipes whose end another
 * program may wait for. */
static void let_go(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd <= 2; fd++) dup2(null, fd);
    if (chdir("/") != 0) return;
}

/* The server's whole life. Closes `mounted` with one byte in it once files can be read. */
static _Noreturn void serve(const char *image, off_t offset, const char *folder, int app, int mounted)
{
    setsid();
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    prctl(PR_SET_NAME, "appimage-mount");

    sqfs_ll *ll = sqfs_ll_open(image, (size_t)offset);
    if (!ll) _exit(1);
    struct fuse_lowlevel_ops ops;
    fill_operations(&ops);
    char *argv[] = {"appimage", "-o", "ro,nosuid,nodev,subtype=appimage", NULL};
    struct fuse_args args = FUSE_ARGS_INIT(3, argv);
    sqfs_ll_chan channel;
    if (sqfs_ll_mount(&channel, folder, &args, &ops, sizeof ops, ll) != SQFS_OK) _exit(1);

    struct watch watch = {.app = app, .folder = folder};
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, unmount_when_app_ends, &watch) != 0) {
        sqfs_ll_unmount(&channel, folder);
        _exit(1);
    }
    let_go();
    if (write(mounted, "", 1) != 1) _exit(1);
    close(mounted);
    fuse_session_loop(channel.session); /* until the last file is closed after the unmount */
    pthread_join(watcher, NULL);
    _exit(0);
}

/* Starts the server; true once `folder` shows the image. */
static bool mount_image(const char *image, off_t offset, const char *folder)
{
    int mounted[2];
    if (pipe2(mounted, O_CLOEXEC) != 0) return false;
    /* Ours stays valid across exec, which keeps the pid: it is the application's. */
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (self < 0) return false;
    pid_t middle = fork();
    if (middle == 0) {
        /* Forked twice, so that the application does not find a child it never started. */
        if (fork() != 0) _exit(0);
        close(mounted[0]);
        serve(image, offset, folder, self, mounted[1]);
    }
    close(mounted[1]);
    close(self);
    if (middle > 0) waitpid(middle, NULL, 0);
    char byte;
    bool ok = middle > 0 && read(mounted[0], &byte, 1) == 1;
    close(mounted[0]);
    return ok;
}

/* ---- start ------------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
    char image[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", image, sizeof image - 1);
    if (length < 0) return EXIT_NO_START;
    image[length] = '\0';
    off_t offset = end_of_elf(image);

    if (argc > 1 && strcmp(argv[1], "--appimage-offset") == 0) {
        printf("%lld\n", (long long)offset);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--appimage-extract") == 0) {
        return unpack(image, offset, argc > 2 ? argv[2] : NULL, "squashfs-root", true) ? 0 : 1;
    }

    const char *temporary = getenv("TMPDIR");
    char folder[PATH_MAX / 2];
    char run[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/.mount_XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder)) {
        fprintf(stderr, "%s: no temporary folder %s: %s\n", image, folder, strerror(errno));
        return EXIT_NO_START;
    }
    snprintf(run, sizeof run, "%s/AppRun", folder);
    char cwd[PATH_MAX];
    if (getcwd(cwd, sizeof cwd)) setenv("OWD", cwd, 1);
    setenv("APPIMAGE", image, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", argv[0], 1);
    argv[0] = run;

    if (getenv("APPIMAGE_EXTRACT_AND_RUN")) return unpack_and_run(image, offset, folder, argv);
    if (!mount_image(image, offset, folder)) {
        fprintf(stderr, "%s: could not be mounted (is FUSE there?); unpacking instead\n", image);
        return unpack_and_run(image, offset, folder, argv);
    }
    execv(run, argv);
    fprintf(stderr, "%s: %s\n", run, strerror(errno));
    return EXIT_NO_START;
}
