/* Where the program's own files lie.
 *
 * FORESELL_EXTENSIONS names the folder of the extensions, whatever else is there. For the others:
 * FORESELL_HOME/WHAT if that is set; else beside the program: ../share/foresell/WHAT (or
 * ../lib/foresell/extensions) of an installation; else the folders above it, up to the one that holds
 * include/foresell, of a source tree. No path is built into the program.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_internal.h"

static bool is_folder(const char *path)
{
    struct stat found;
    return path && stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Where `what` lies in an installation and in a source tree. */
static const struct {
    const char *what, *installed, *source;
} places[] = {
    {"models", "share/foresell/models", "models"},
    {"web", "share/foresell/web", "web/dist"},
    {"extensions", "lib/foresell/extensions", "build/deps/extensions"},
};

static const char *under(fs_arena *arena, const char *root, const char *below)
{
    const char *path = fs_arena_printf(arena, "%s/%s", root, below);
    return is_folder(path) ? path : NULL;
}

/* The folder above, in place; false at the root. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path) return false;
    *slash = '\0';
    return true;
}

static const char *beside_program(fs_arena *arena, const char *installed, const char *source)
{
    char program[4096];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0) return NULL;
    program[size] = '\0';
    if (!go_up(program)) return NULL;
    const char *found = NULL;
    while (!found && go_up(program)) {
        found = under(arena, program, installed);
        if (!found && under(arena, program, "include/foresell"))
            return under(arena, program, source);
    }
    return found;
}

const char *fs_cli_home(fs_arena *arena, const char *what)
{
    const char *home = getenv("FORESELL_HOME"), *extensions = getenv("FORESELL_EXTENSIONS");
    if (strcmp(what, "extensions") == 0 && extensions && extensions[0])
        return fs_arena_strdup(arena, extensions);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i].what, what) != 0) continue;
        const char *found = home && home[0] ? under(arena, home, what) : NULL;
        return found ? found : beside_program(arena, places[i].installed, places[i].source);
    }
    return NULL;
}
