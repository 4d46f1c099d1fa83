/* init, run, plan, export, simulate: a call of the library each, and saying what came of it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli_internal.h"
#include "foresell/report.h"
#include "foresell/simulate.h"

static void print_text(const cli_call *call, const fs_buffer *text)
{
    if (!text->size) return;
    fputs(text->data, call->out);
    if (text->data[text->size - 1] != '\n') fputc('\n', call->out);
}

/* ---- init ---- */

fs_status fs_cli_run_init(cli_call *call, fs_error *error)
{
    int froms = 0, sets = 0;
    const char **from = fs_cli_list(call, "from", &froms);
    const char **set = fs_cli_list(call, "set", &sets);
    if (froms < 0 || sets < 0) return fs_fail_memory(error, sizeof *from);
    fs_init_settings settings = {.project = call->argument[0],
                                 .from = from,
                                 .froms = froms,
                                 .set = set,
                                 .sets = sets,
                                 .force = fs_cli_flag(call, "force"),
                                 .models = fs_cli_home(&call->arena, "models")};
    cli_session session;
    fs_buffer said = {0};
    bool json = fs_cli_flag(call, "json");
    FS_TRY(fs_cli_session_open(call, &session, error));
    fs_status status =
        fs_project_init(session.engine, &settings, json ? NULL : &said, json ? &said : NULL, error);
    fs_cli_session_close(&session);
    if (status == FS_OK) print_text(call, &said);
    fs_buffer_free(&said);
    return status;
}

/* ---- run ---- */

typedef struct finish {
    const char *web;
    const fs_progress *progress;
} finish;

static fs_status finish_run(void *context, fs_engine *engine, fs_project *project,
                            const char *folder, fs_error *error)
{
    const finish *f = context;
    FS_TRY(fs_report_export(engine, project, folder, error));
    fs_progress_report(f->progress, "writing the report", 0, 0);
    return fs_report_write(engine, project, folder, f->web, error);
}

static fs_status outcome_json(const fs_run_outcome *o, const char *report, const fs_buffer *lines,
                              fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "{\"folder\": "));
    FS_TRY(fs_cli_json_text(out, o->folder));
    FS_TRY(fs_buffer_text(out, ", \"report\": "));
    FS_TRY(report ? fs_cli_json_text(out, report) : fs_buffer_text(out, "null"));
    FS_TRY(fs_buffer_printf(out,
                            ", \"steps\": %d, \"skipped\": %d, \"rows_in\": %lld, "
                            "\"rows_kept\": %lld, \"rows_quarantined\": %lld, "
                            "\"rows_merged\": %lld, \"headlines\": [",
                            o->steps, o->skipped, (long long)o->rows_in, (long long)o->rows_kept,
                            (long long)o->rows_quarantined, (long long)o->rows_merged));
    bool first = true;
    for (char *rest = lines->data, *line; rest && (line = strsep(&rest, "\n"));) {
        if (!*line) continue;
        if (!first) FS_TRY(fs_buffer_text(out, ", "));
        FS_TRY(fs_cli_json_text(out, line));
        first = false;
    }
    return fs_buffer_text(out, "]}\n");
}

/* The five things, numbered; wrapped on a terminal, a line each elsewhere. */
static fs_status headlines_text(const fs_buffer *lines, int width, fs_buffer *out)
{
    int number = 0;
    for (const char *line = lines->size ? lines->data : ""; *line;) {
        size_t bytes = strcspn(line, "\n");
        fs_buffer one = {0};
        fs_status status = fs_buffer_add(&one, line, bytes);
        if (status == FS_OK) status = fs_buffer_printf(out, "%d. ", ++number);
        if (status == FS_OK) status = fs_cli_wrap(out, one.data, 3, 3, width > 0 ? width : 1 << 20);
        fs_buffer_free(&one);
        FS_TRY(status);
        line += bytes + (line[bytes] == '\n');
    }
    return FS_OK;
}

static fs_status counts_text(const fs_run_outcome *o, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out,
                            "%lld rows in: %lld kept, %lld in quarantine, %lld merged as "
                            "duplicates; %d steps",
                            (long long)o->rows_in, (long long)o->rows_kept,
                            (long long)o->rows_quarantined, (long long)o->rows_merged, o->steps));
    return o->skipped ? fs_buffer_printf(out, ", %d of them unchanged", o->skipped) : FS_OK;
}

static fs_status outcome_text(const fs_run_outcome *o, const char *report, const fs_buffer *lines,
                              int width, fs_buffer *out)
{
    fs_buffer counts = {0};
    fs_status status = counts_text(o, &counts);
    if (status == FS_OK) status = fs_cli_wrap(out, counts.data, 0, 0, width > 0 ? width : 1 << 20);
    fs_buffer_free(&counts);
    FS_TRY(status);
    if (!report)
        return fs_buffer_printf(out, "\nThe tables are in %s/tables; there is no report\n",
                                o->folder);
    FS_TRY(fs_buffer_text(out, "\n"));
    FS_TRY(headlines_text(lines, width, out));
    return fs_buffer_printf(out, "\nThe report is %s\n", report);
}

/* Columns to wrap at: of the terminal, but no wider than can be read; 0: not at all. */
static int reading_width(FILE *out)
{
    int width = fs_cli_width(out);
    return width > 100 ? 100 : width;
}

static fs_status say_outcome(cli_call *call, const cli_session *s, fs_project *project,
                             const fs_run_outcome *outcome, fs_error *error)
{
    fs_buffer lines = {0}, out = {0};
    bool only = fs_cli_text(call, "only") != NULL; /* then no report is made */
    const char *report =
        only ? NULL : fs_arena_printf(&call->arena, "%s/report.html", outcome->folder);
    fs_status status = only || report ? FS_OK : fs_fail_memory(error, sizeof outcome->folder);
    if (status == FS_OK && !only)
        status = fs_report_headlines(s->engine, project, outcome->folder, &lines, error);
    if (status == FS_OK)
        status = fs_cli_flag(call, "json")
                     ? outcome_json(outcome, report, &lines, &out)
                     : outcome_text(outcome, report, &lines, reading_width(call->out), &out);
    fs_cli_terminal_clear(s->terminal);
    if (status == FS_OK) fputs(out.data, call->out);
    fs_buffer_free(&lines);
    fs_buffer_free(&out);
    return status;
}

/* "3,4": the tables of steps are made by whoever holds the other ends. */
static fs_status open_maker(cli_call *call, cli_session *s, fs_remote **remote, fs_error *error)
{
    const char *text = fs_cli_text(call, "maker");
    int out, in;
    *remote = NULL;
    if (!text) return FS_OK;
    if (sscanf(text, "%d,%d", &out, &in) != 2 || out < 3 || in < 3)
        return fs_fail(error, FS_USAGE, "--maker %s is not two numbers of open files, as 3,4",
                       text);
    signal(SIGPIPE, SIG_IGN);
    return fs_remote_open(s->engine, out, in, remote, error);
}

static fs_status run_made(cli_call *call, cli_session *s, fs_project *project, fs_maker maker,
                          fs_error *error)
{
    fs_run_outcome outcome = {0};
    const char *only = fs_cli_text(call, "only");
    fs_run_settings settings = {.models = fs_cli_home(&call->arena, "models"),
                                .only = only,
                                .resume = fs_cli_flag(call, "resume"),
                                .maker = maker};
    finish f = {.web = fs_cli_home(&call->arena, "web"),
                .progress = fs_cli_terminal_progress(s->terminal)};
    FS_TRY(fs_project_run(project, s->engine, &settings, only ? NULL : finish_run, &f, &outcome,
                          error));
    return say_outcome(call, s, project, &outcome, error);
}

static fs_status run_project(cli_call *call, cli_session *s, fs_project *project, fs_error *error)
{
    fs_remote *remote;
    FS_TRY(open_maker(call, s, &remote, error));
    fs_maker maker = {.make = remote ? fs_remote_make : NULL,
                      .context = remote,
                      .least = fs_cli_int(call, "driver-rows")};
    fs_status status = run_made(call, s, project, maker, error);
    fs_remote_close(remote);
    return status;
}

fs_status fs_cli_run_run(cli_call *call, fs_error *error)
{
    fs_project *project = NULL;
    cli_session session;
    bool spark = strcmp(fs_cli_text(call, "engine"), "spark") == 0;
    if (spark && !fs_cli_text(call, "maker")) return fs_cli_run_on_spark(call, error);
    FS_TRY(fs_project_open(call->argument[0], &project, error));
    fs_status status = fs_cli_session_open(call, &session, error);
    if (status == FS_OK) {
        status = run_project(call, &session, project, error);
        fs_cli_session_close(&session);
        if (status == FS_CANCELLED)
            fs_error_remedy(error, "nothing half made is shown; foresell run %s --resume goes on",
                            call->argument[0]);
    }
    fs_project_close(project);
    return status;
}

/* ---- plan ---- */

static fs_status names(fs_buffer *out, const char *before, const char *const *name, int count)
{
    for (int i = 0; i < count; i++)
        FS_TRY(fs_buffer_printf(out, "%s%s", i ? ", " : before, name[i]));
    return count ? fs_buffer_text(out, "\n") : FS_OK;
}

static fs_status step_text(const fs_step *step, bool sql, fs_buffer *out)
{
    FS_TRY(fs_buffer_printf(out, "%s\n", step->name));
    if (step->about && step->about[0]) {
        FS_TRY(fs_buffer_text(out, "    "));
        FS_TRY(fs_cli_wrap(out, step->about, 4, 4, 92));
    }
    FS_TRY(names(out, "    from     ", step->input, step->inputs));
    if (step->op)
        FS_TRY(fs_buffer_printf(out, "    operator %s(%s)\n", step->op,
                                step->options ? step->options : ""));
    FS_TRY(names(out, "    group    ", step->group, step->groups));
    FS_TRY(names(out, "    expect   ", step->expect, step->expects));
    return sql ? fs_buffer_printf(out, "\n%s\n\n", step->sql) : FS_OK;
}

static fs_status plan_text(const fs_plan *plan, bool json, bool sql, fs_buffer *out)
{
    if (json) return fs_plan_json(plan, out, NULL);
    for (int i = 0; i < fs_plan_steps(plan); i++)
        FS_TRY(step_text(fs_plan_step(plan, i), sql, out));
    return FS_OK;
}

static fs_status plan_project(cli_call *call, cli_session *s, fs_project *project, fs_error *error)
{
    fs_plan *plan = NULL;
    fs_buffer out = {0};
    FS_TRY(fs_project_plan(project, s->engine, fs_cli_home(&call->arena, "models"), &plan, error));
    fs_status status = plan_text(plan, fs_cli_flag(call, "json"), fs_cli_flag(call, "sql"), &out);
    fs_cli_terminal_clear(s->terminal);
    if (status == FS_OK)
        print_text(call, &out);
    else
        fs_fail_memory(error, out.capacity * 2);
    fs_buffer_free(&out);
    fs_plan_close(plan);
    return status;
}

fs_status fs_cli_run_plan(cli_call *call, fs_error *error)
{
    fs_project *project = NULL;
    cli_session session;
    FS_TRY(fs_project_open(call->argument[0], &project, error));
    fs_status status = fs_cli_session_open(call, &session, error);
    if (status == FS_OK) {
        status = plan_project(call, &session, project, error);
        fs_cli_session_close(&session);
    }
    fs_project_close(project);
    return status;
}

/* ---- export ---- */

static fs_status export_settings(cli_call *call, fs_export_settings *s, fs_error *error)
{
    const char *tables = fs_cli_text(call, "table");
    *s = (fs_export_settings){.project = call->argument[0],
                              .to = fs_cli_text(call, "to"),
                              .run = fs_cli_text(call, "run"),
                              .partition = fs_cli_text(call, "partition"),
                              .replace = fs_cli_flag(call, "replace")};
    if (!s->to) {
        fs_fail(error, FS_USAGE, "export needs --to: where the results are to be written");
        fs_error_remedy(error, "usage: foresell export DIR --to WHERE");
        return FS_USAGE;
    }
    if (tables) s->table = fs_cli_names(call, tables, &s->tables);
    if (tables && !s->table) return fs_fail_memory(error, strlen(tables));
    return tables && !s->tables ? fs_fail(error, FS_USAGE, "--table names no table") : FS_OK;
}

fs_status fs_cli_run_export(cli_call *call, fs_error *error)
{
    cli_session session;
    fs_export_settings settings;
    fs_buffer said = {0};
    bool json = fs_cli_flag(call, "json");
    FS_TRY(export_settings(call, &settings, error));
    FS_TRY(fs_cli_session_open(call, &session, error));
    fs_status status = fs_report_export_run(session.engine, &settings, json ? NULL : &said,
                                            json ? &said : NULL, error);
    fs_cli_session_close(&session);
    if (status == FS_OK) print_text(call, &said);
    fs_buffer_free(&said);
    return status;
}

/* ---- forget ---- */

static fs_status forget_customers(cli_call *call, cli_session *s, fs_project *project,
                                  const char *const *customer, int customers, fs_error *error)
{
    fs_buffer said = {0}, json = {0};
    finish f = {.web = fs_cli_home(&call->arena, "web"),
                .progress = fs_cli_terminal_progress(s->terminal)};
    fs_status status =
        fs_project_forget(project, s->engine, customer, customers, finish_run, &f, &said, error);
    fs_cli_terminal_clear(s->terminal);
    if (status == FS_OK && fs_cli_flag(call, "json")) {
        bool made = fs_buffer_text(&json, "{\"said\": ") == FS_OK &&
                    fs_cli_json_text(&json, said.data) == FS_OK &&
                    fs_buffer_text(&json, "}\n") == FS_OK;
        status = made ? FS_OK : fs_fail_memory(error, said.size);
    }
    if (status == FS_OK) print_text(call, json.size ? &json : &said);
    fs_buffer_free(&said);
    fs_buffer_free(&json);
    return status;
}

fs_status fs_cli_run_forget(cli_call *call, fs_error *error)
{
    int customers = 0;
    const char **customer = fs_cli_list(call, "customer", &customers);
    fs_project *project = NULL;
    cli_session session;
    if (customers < 0) return fs_fail_memory(error, sizeof *customer);
    if (!customers) {
        fs_fail(error, FS_USAGE, "forget needs --customer: whom to forget");
        return fs_error_remedy(error, "usage: foresell forget DIR --customer NUMBER"), FS_USAGE;
    }
    FS_TRY(fs_project_open(call->argument[0], &project, error));
    fs_status status = fs_cli_session_open(call, &session, error);
    if (status == FS_OK) {
        status = forget_customers(call, &session, project, customer, customers, error);
        fs_cli_session_close(&session);
    }
    fs_project_close(project);
    return status;
}

/* ---- simulate ---- */

static fs_simulate_settings simulate_settings(const cli_call *call)
{
    fs_simulate_settings s = fs_simulate_defaults();
    s.folder = call->argument[0];
    s.seed = (uint64_t)fs_cli_int(call, "seed");
    s.items = fs_cli_int(call, "items");
    s.stores = fs_cli_int(call, "stores");
    s.customers = fs_cli_int(call, "customers");
    s.days = fs_cli_int(call, "days");
    s.lines = fs_cli_int(call, "lines");
    s.shifts = fs_cli_int(call, "shifts");
    s.parquet = fs_cli_flag(call, "parquet");
    s.panel = fs_cli_flag(call, "panel");
    s.dirt = fs_cli_number(call, "dirt");
    s.start = fs_cli_text(call, "start");
    s.currency = fs_cli_text(call, "currency");
    s.country = fs_cli_text(call, "country");
    return s;
}

static fs_status simulated_json(const char *folder, const char *said, fs_buffer *out)
{
    FS_TRY(fs_buffer_text(out, "{\"folder\": "));
    FS_TRY(fs_cli_json_text(out, folder));
    FS_TRY(fs_buffer_text(out, ", \"said\": "));
    FS_TRY(fs_cli_json_text(out, said));
    return fs_buffer_text(out, "}\n");
}

fs_status fs_cli_run_simulate(cli_call *call, fs_error *error)
{
    cli_session session;
    fs_buffer said = {0}, json = {0};
    fs_simulate_settings settings = simulate_settings(call);
    FS_TRY(fs_cli_session_open(call, &session, error));
    settings.progress = fs_cli_terminal_progress(session.terminal);
    fs_status status = fs_simulate(session.engine, &settings, &said, error);
    fs_cli_session_close(&session);
    if (status == FS_OK && fs_cli_flag(call, "json"))
        status = simulated_json(settings.folder, said.size ? said.data : "", &json);
    if (status == FS_OK) print_text(call, json.size ? &json : &said);
    fs_buffer_free(&said);
    fs_buffer_free(&json);
    return status;
}
