/* foresell doctor: what is wrong with this machine, or with a project.
 *
 * A list of findings, each with a subject, what was found, and whether that is good, worth knowing, or bad; a
 * bad one comes with what to do. The exit code is 4 where the machine lacks something and 3 where the project
 * cannot be run.
 */
#include <dirent.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <jansson.h>

#include "cli_internal.h"

typedef enum grade { GOOD, NOTE, BAD } grade;

typedef struct doctor {
    json_t *findings;
    fs_status worst;
} doctor;

static void found(doctor *d, const char *subject, grade health, const char *remedy,
                  const char *format, ...) FS_PRINTF(5, 6);
static void found(doctor *d, const char *subject, grade health, const char *remedy,
                  const char *format, ...)
{
    static const char *const names[] = {"good", "note", "bad"};
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(d->findings,
                          json_pack("{s:s, s:s, s:s, s:s*}", "subject", subject, "health",
                                    names[health], "found", text, "remedy", remedy));
}

static void found_error(doctor *d, const char *subject, const fs_error *error)
{
    found(d, subject, BAD, error->remedy[0] ? error->remedy : NULL, "%s%s%s",
          error->file[0] && !strstr(error->message, error->file) ? error->file : "",
          error->file[0] && !strstr(error->message, error->file) ? ": " : "", error->message);
    d->worst = error->status;
}

/* ---- the machine ---- */

/* A number after `key` in a file of lines "Key:   123 kB", in bytes; 0 where there is none. */
static double kilobytes_in(const char *path, const char *key)
{
    FILE *file = fopen(path, "r");
    char line[256];
    double bytes = 0;
    while (file && bytes == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0) bytes = strtod(line + strlen(key), NULL) * 1024;
    if (file) fclose(file);
    return bytes;
}

/* What the control group grants; 0: no limit. */
static double granted_memory(void)
{
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
    double bytes = 0;
    if (file && fscanf(file, "%lf", &bytes) != 1) bytes = 0;
    if (file) fclose(file);
    return bytes;
}

#define GIB (1024. * 1024. * 1024.)

static void look_at_memory(doctor *d)
{
    double all = kilobytes_in("/proc/meminfo", "MemTotal:"), limit = granted_memory();
    double available = kilobytes_in("/proc/meminfo", "MemAvailable:");
    if (limit > 0 && limit < all) all = limit;
    grade health = all >= 1.5 * GIB ? GOOD : NOTE;
    found(d, "memory", health,
          health == GOOD ? NULL : "large files will be spilled to disk; that is slow but works",
          "%.1f GiB, %.1f GiB of it free", all / GIB, (available < all ? available : all) / GIB);
}

static void look_at_disk(doctor *d, const char *folder)
{
    struct statvfs disk;
    if (statvfs(folder, &disk) != 0) {
        found(d, "disk", NOTE, NULL, "%s: %s", folder, strerror(errno));
        return;
    }
    double room = (double)disk.f_bavail * (double)disk.f_frsize;
    grade health = room > 2 * GIB ? GOOD : room > .2 * GIB ? NOTE : BAD;
    found(d, "disk", health,
          health == GOOD
              ? NULL
              : "make room: sorting and runs need about three times the size of the files",
          "%.1f GiB free in %s", room / GIB, folder);
    if (health == BAD) d->worst = FS_RESOURCE;
}

static const char *vectors(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        return "AVX-512";
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "AVX2" : "SSE2";
#elif defined(__aarch64__)
    return "NEON";
#else
    return "none that is known here";
#endif
}

static void look_at_machine(doctor *d, const char *folder)
{
    struct utsname name;
    found(d, "version", GOOD, NULL, "foresell %s", fs_version());
    if (uname(&name) == 0)
        found(d, "system", GOOD, NULL, "%s %s, %s, C library %s", name.sysname, name.release,
              name.machine, gnu_get_libc_version());
    found(d, "cores", GOOD, NULL, "%d that this process may use; vectors: %s", fs_cpu_count(),
          vectors());
    look_at_memory(d);
    look_at_disk(d, folder);
}

/* ---- what the program stands on ---- */

static const char *const extensions[] = {"httpfs",        "excel",          "postgres_scanner",
                                         "mysql_scanner", "sqlite_scanner", "azure",
                                         "delta",         "avro",           "iceberg"};

static void look_at_extensions(doctor *d, cli_call *call, fs_engine *engine)
{
    const char *folder = fs_cli_home(&call->arena, "extensions");
    fs_buffer works = {0};
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        fs_error error = {0};
        if (fs_engine_extension(engine, extensions[i], &error) != FS_OK) {
            found(d, "extension", NOTE, "reinstall foresell to read this kind of source", "%s: %s",
                  extensions[i], error.message);
            continue;
        }
        if (fs_buffer_printf(&works, "%s%s", works.size ? ", " : "", extensions[i]) != FS_OK) break;
    }
    if (works.size)
        found(d, "extensions", GOOD, NULL, "%s load from %s", works.data,
              folder ? folder : "beside the program");
    fs_buffer_free(&works);
}

static void look_at_home(doctor *d, cli_call *call)
{
    const char *models = fs_cli_home(&call->arena, "models"),
               *web = fs_cli_home(&call->arena, "web");
    if (models)
        found(d, "steps", GOOD, NULL, "%s", models);
    else
        found(d, "steps", BAD, "set FORESELL_HOME to the folder share/foresell of the installation",
              "the folder models is not beside the program");
    if (web)
        found(d, "report", GOOD, NULL, "%s", web);
    else
        found(d, "report", BAD,
              "set FORESELL_HOME to the folder share/foresell of the installation",
              "the folder web is not beside the program");
    if (!models || !web) d->worst = FS_RESOURCE;
}

/* ---- the project ---- */

/* Are the files of the last run still there, and as long as they were? */
static void look_at_file(doctor *d, const char *folder, json_t *file)
{
    const char *path = json_string_value(json_object_get(file, "path"));
    long long bytes = json_integer_value(json_object_get(file, "bytes"));
    long long rows = json_integer_value(json_object_get(file, "rows_in"));
    long long refused = json_integer_value(json_object_get(file, "rows_quarantined"));
    char joined[4096];
    struct stat now;
    if (!path || strstr(path, "://")) return;
    if (path[0] == '/')
        snprintf(joined, sizeof joined, "%s", path);
    else
        snprintf(joined, sizeof joined, "%s/%s", folder, path);
    if (stat(joined, &now) != 0 || access(joined, R_OK) != 0) {
        found(d, "file", BAD, "bring it back, or take it out of foresell.yaml", "%s: %s", path,
              strerror(errno));
        d->worst = FS_RESOURCE;
    } else if (bytes && now.st_size != bytes) {
        found(d, "file", NOTE, "foresell run takes the new rows in",
              "%s has changed since the last run", path);
    } else {
        found(d, "file", GOOD, NULL, "%s: %lld rows, %lld of them in quarantine", path, rows,
              refused);
    }
}

static void look_at_run(doctor *d, const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/runs/latest/manifest.json", folder);
    json_error_t fault;
    json_t *manifest = json_load_file(path, 0, &fault);
    if (!manifest) {
        found(d, "last run", NOTE, "foresell run makes one", "there is none yet");
        return;
    }
    char *where = realpath(path, NULL);
    if (where) *strrchr(where, '/') = '\0';
    found(d, "last run", GOOD, NULL, "%s", where ? where : path);
    free(where);
    size_t index;
    json_t *file;
    json_array_foreach(json_object_get(manifest, "files"), index, file)
        look_at_file(d, folder, file);
    json_decref(manifest);
}

static void look_at_project(doctor *d, cli_call *call, fs_engine *engine, const char *folder)
{
    fs_project *project = NULL;
    fs_error error = {0};
    if (fs_project_open(folder, &project, &error) != FS_OK) {
        found_error(d, "foresell.yaml", &error);
        return;
    }
    found(d, "foresell.yaml", GOOD, NULL, "project '%s'", fs_project_setting(project, "name"));
    fs_plan *plan = NULL;
    if (fs_project_plan(project, engine, fs_cli_home(&call->arena, "models"), &plan, &error) ==
        FS_OK) {
        found(d, "plan", GOOD, NULL, "%d steps, each with what it reads", fs_plan_steps(plan));
        fs_plan_close(plan);
    } else {
        found_error(d, "plan", &error);
    }
    if (access(folder, W_OK) != 0) {
        found(d, "folder", BAD, "give yourself the right to write there",
              "%s cannot be written to: %s", folder, strerror(errno));
        d->worst = FS_RESOURCE;
    }
    look_at_run(d, folder);
    fs_project_close(project);
}

/* ---- the verb ---- */

static void print_findings(const doctor *d, FILE *out)
{
    size_t index;
    json_t *one;
    json_array_foreach(d->findings, index, one)
    {
        const char *health = json_string_value(json_object_get(one, "health"));
        const char *remedy = json_string_value(json_object_get(one, "remedy"));
        fprintf(out, "%-5s %-14s %s\n", strcmp(health, "good") == 0 ? "ok" : health,
                json_string_value(json_object_get(one, "subject")),
                json_string_value(json_object_get(one, "found")));
        if (remedy) fprintf(out, "%-20s %s\n", "", remedy);
    }
}

static void look(doctor *d, cli_call *call)
{
    const char *folder = call->arguments ? call->argument[0] : NULL;
    cli_session session;
    fs_error error = {0};
    look_at_machine(d, folder && access(folder, F_OK) == 0 ? folder : ".");
    look_at_home(d, call);
    if (fs_cli_session_open(call, &session, &error) != FS_OK) {
        found_error(d, "engine", &error);
        return;
    }
    look_at_extensions(d, call, session.engine);
    if (folder) look_at_project(d, call, session.engine, folder);
    fs_cli_session_close(&session);
}

fs_status fs_cli_run_doctor(cli_call *call, fs_error *error)
{
    doctor d = {.findings = json_array()};
    if (!d.findings) return fs_fail_memory(error, sizeof d);
    look(&d, call);
    if (fs_cli_flag(call, "json")) {
        json_dumpf(d.findings, call->out, JSON_INDENT(2));
        fputc('\n', call->out);
    } else {
        print_findings(&d, call->out);
    }
    json_decref(d.findings);
    return d.worst == FS_OK ? FS_OK : fs_fail(error, d.worst, "something is wrong, see above");
}
