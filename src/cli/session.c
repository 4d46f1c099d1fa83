/* What a verb that computes needs: the engine with the user's limits, progress, Ctrl-C. */
#include "cli_internal.h"

static cli_telling telling(const cli_call *call)
{
    if (!fs_cli_flag(call, "json")) return CLI_TELL_PEOPLE;
    return fs_cli_flag(call, "progress") ? CLI_TELL_MACHINES : CLI_TELL_NOBODY;
}

fs_status fs_cli_session_open(cli_call *call, cli_session *session, fs_error *error)
{
    *session = (cli_session){0};
    session->terminal = fs_cli_terminal_open(call->err, telling(call));
    if (!session->terminal) return fs_fail_memory(error, sizeof(cli_session));
    fs_engine_settings settings = {
        .memory = fs_cli_bytes(call, "memory"),
        .threads = (int)fs_cli_int(call, "threads"),
        .extensions = fs_cli_home(&call->arena, "extensions"),
        .progress = fs_cli_terminal_progress(session->terminal),
    };
    fs_status status = fs_engine_open(&settings, &session->engine, error);
    if (status != FS_OK) fs_cli_session_close(session);
    return status;
}

void fs_cli_session_close(cli_session *session)
{
    if (session->engine) fs_engine_close(session->engine);
    fs_cli_terminal_close(session->terminal);
    *session = (cli_session){0};
}
