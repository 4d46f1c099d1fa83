/* The verbs: the one table. Parsing, help, manual pages, docs/cli.md and completions all come from here. */
#include <string.h>

#include "cli_internal.h"
#include "foresell/simulate.h"

#define WORK_OPTIONS                                                                               \
    {"memory", CLI_BYTES, "SIZE",                                                                  \
     .doc = "at most this much memory, as 2GiB; default: 70 % of the machine's"},                  \
        {"threads",                                                                                \
         CLI_INT,                                                                                  \
         "N",                                                                                      \
         .minimum = 1,                                                                             \
         .maximum = 4096,                                                                          \
         .doc = "worker threads; default: all cores. The result is the same for any number"},      \
    {                                                                                              \
        "progress", CLI_FLAG,                                                                      \
            .doc = "with --json: tell how far the work is on standard error, a line of JSON each"  \
    }

const cli_option fs_cli_common_options[] = {
    {"help", CLI_FLAG, .letter = 'h', .doc = "tell about this verb and stop"},
    {"json", CLI_FLAG, .doc = "answer, and report errors, as JSON for machines"},
    {0}};

static const cli_option init_options[] = {
    {"from", CLI_LIST, "SRC",
     .doc = "a file, folder or URL (s3://, az://, hdfs://, https://, postgres://, mysql://) to "
            "read; may be given more than once; default: the files in DIR"},
    {"set", CLI_LIST, "KEY=VALUE",
     .doc = "correct what was found out: sales.item=StockCode, currency=EUR; may be given more "
            "than once"},
    {"force", CLI_FLAG, .doc = "write over a foresell.yaml that is there"},
    WORK_OPTIONS,
    {0}};

static const cli_option run_options[] = {
    {"engine", CLI_TEXT, "NAME", .fallback = "duckdb", .choices = "duckdb|spark",
     .doc = "what runs the steps: this program, or Spark (docs/cluster.md)"},
    {"master", CLI_TEXT, "URL",
     .doc =
         "the cluster, for Spark: spark://HOST:PORT, yarn, k8s://…, local[4]; default: as Spark is "
         "set up, else local[*]"},
    {"scratch", CLI_TEXT, "URL",
     .doc = "for Spark: a place that all its machines reach, hdfs://… or s3a://…, where the tables "
            "lie "
            "while the run lasts; default: DIR, which then all must see"},
    {"driver-rows", CLI_INT, "ROWS", .fallback = "100000", .maximum = 9e15,
     .doc = "for Spark: steps whose inputs have fewer rows, all together, are made beside the "
            "driver by this program, which has done it before Spark has made a plan; 0: none"},
    {"maker", CLI_TEXT, "OUT,IN",
     .doc = "for engines that start this program: numbers of the open files by which it asks for "
            "the tables of steps and hears of them"},
    {"only", CLI_TEXT, "STEP", .doc = "make this step and what it needs, nothing else"},
    {"resume", CLI_FLAG,
     .doc = "go on with a run that was cut short; steps of which nothing has changed are not done "
            "again"},
    WORK_OPTIONS,
    {0}};

static const cli_option apply_options[] = {
    {"group", CLI_TEXT, "A,B",
     .doc = "columns that tell the series apart; default: none, all rows are one series"},
    {"order", CLI_TEXT, "COLUMN",
     .doc =
         "the column that sorts a series, a date or a whole number; default: the one date column"},
    {"table", CLI_TEXT, "NAME", .doc = "which sheet or table, where the file holds more than one"},
    {"output", CLI_TEXT, "OUT", .letter = 'o',
     .doc = "where the result goes: .csv, .parquet, .xlsx, .json; default: CSV on standard output"},
    {"seed", CLI_INT, "N", .fallback = "1", .maximum = 9007199254740991.,
     .doc = "for operators that draw random numbers; the others take it and need none"},
    WORK_OPTIONS,
    {0}};

static const cli_option operators_options[] = {
    {"markdown", CLI_FLAG, .doc = "write the reference as Markdown"}, {0}};

static const cli_option plan_options[] = {
    {"sql", CLI_FLAG, .doc = "show the SQL of every step as well"}, {0}};

static const cli_option export_options[] = {
    {"to", CLI_TEXT, "WHERE",
     .doc = "a folder, s3://BUCKET/PREFIX, az://CONTAINER/PREFIX, postgres://USER@HOST/DATABASE, "
            "mysql://USER@HOST/DATABASE or sqlite://FILE; a password may stand as ${NAME}"},
    {"table", CLI_TEXT, "A,B", .doc = "tables of the run; default: the results (docs/pipeline.md)"},
    {"partition", CLI_TEXT, "COLUMN",
     .doc = "Parquet: a folder COLUMN=value for each value, in tables that have the column"},
    {"run", CLI_TEXT, "STAMP", .doc = "which run; default: the newest whole one"},
    {"replace", CLI_FLAG,
     .doc = "databases: replace tables of the same names that foresell did not write, too"},
    WORK_OPTIONS,
    {0}};

static const cli_option forget_options[] = {
    {"customer", CLI_LIST, "NUMBER",
     .doc = "who, as your files write it, or as a run does; may be given more than once"},
    WORK_OPTIONS,
    {0}};

static const cli_option simulate_options[] = {
    {"items", CLI_INT, "N", .fallback = "240", .minimum = 1, .maximum = 1e7, .doc = "products"},
    {"stores", CLI_INT, "N", .fallback = "4", .minimum = 1, .maximum = 1e5, .doc = "stores"},
    {"customers", CLI_INT, "N", .fallback = "3000", .minimum = 1, .maximum = 1e9,
     .doc = "customers"},
    {"days", CLI_INT, "N", .fallback = "730", .minimum = 1, .maximum = 36500,
     .doc = "days of history"},
    {"lines", CLI_INT, "N", .fallback = "200000", .maximum = 1e12,
     .doc = "about how many sales lines; 0: as demand gives"},
    {"shifts", CLI_INT, "N", .fallback = "-1", .minimum = -1, .maximum = FS_SIMULATE_SHIFTS_MOST,
     .doc = "lasting shifts: in turn a store sells a quarter less, a category three tenths more; "
            "-1: 2 in a shop of two years and four stores or more, else none"},
    {"start", CLI_TEXT, "DATE", .fallback = "2023-01-02", .doc = "the first day"},
    {"currency", CLI_TEXT, "CODE", .fallback = "GBP", .doc = "currency"},
    {"country", CLI_TEXT, "CODE", .fallback = "GB", .doc = "country, for its holidays"},
    {"dirt", CLI_NUMBER, "SHARE", .fallback = "0", .maximum = .2,
     .doc = "share of rows with a fault: duplicates, bad rows, missing values, mixed dates"},
    {"panel", CLI_FLAG, .doc = "sales as one row per item, store and day instead of basket lines"},
    {"parquet", CLI_FLAG, .doc = "write Parquet instead of CSV"},
    {"seed", CLI_INT, "N", .fallback = "1", .maximum = 9007199254740991.,
     .doc = "another seed, another shop; the same seed, the same bytes"},
    WORK_OPTIONS,
    {0}};

static const cli_option docs_options[] = {
    {"into", CLI_TEXT, "DIR", .fallback = "docs", .doc = "where they go"}, {0}};

static const cli_verb verbs[] = {
    {"init", "DIR", 1, 1, "Looks at a retailer's files and writes a project.",
     "Finds out what each file is, how it is written and how the files hang together, and writes "
     "foresell.yaml and one readable mapping per source into DIR. It asks nothing: it says what it "
     "took "
     "each column for, how sure it is, and what it left alone. Correct it with --set, or edit the "
     "files.",
     init_options, .run = fs_cli_run_init,
     .example = "foresell init shop --from ~/exports\n"
                "foresell init shop --from sales.csv --set sales.item=StockCode"},
    {"run", "DIR", 1, 1, "Does the main job: reads, cleans, forecasts and reports.",
     "Reads the project's sources, makes the canonical tables and the quarantine, runs every step "
     "and "
     "writes DIR/runs/STAMP with tables, manifest.json and report.html. The run appears whole or "
     "not at "
     "all; DIR/runs/latest points to the newest. It ends with where the report is and the five "
     "things "
     "that matter most.",
     run_options, .run = fs_cli_run_run,
     .example = "foresell run shop\nforesell run shop --only forecast_item --memory 2GiB"},
    {"apply", "OPERATOR FILE…", 2, -1, "Runs one operator on one table of a file.",
     "Reads long rows from CSV, TSV, Parquet, JSON or XLSX: group columns, a period (a date or a "
     "whole number), "
     "a value, any regressors. Every parameter of the operator is an option (foresell operators "
     "NAME), and "
     "so is every value column: --value units. Several files with the same columns are one table. "
     "The groups come out in the order in which they first came in.",
     apply_options, .takes_params = true, .run = fs_cli_run_apply,
     .example = "foresell apply forecast sales.csv --group item,store --order day --value units "
                "--horizon 28 -o forecast.csv"},
    {"operators", "[NAME]", 0, 1, "Lists the operators, or tells all about one.", NULL,
     operators_options, .run = fs_cli_run_operators,
     .example = "foresell operators\nforesell operators forecast"},
    {"plan", "DIR", 1, 1, "Shows what a run would do, and in what order.",
     "Every step with the tables that it reads, the operator that it goes through and what must "
     "hold of "
     "its result.",
     plan_options, .run = fs_cli_run_plan, .example = "foresell plan shop"},
    {"export", "DIR", 1, 1,
     "Writes the results of a run to a folder, an object store or a database.",
     "Files are Parquet, WHERE/STAMP/TABLE.parquet, with the run's manifest.json beside them; it "
     "is "
     "written last, so where it is, all is. What is there already is never written over. In a "
     "database the tables of the export before are replaced, all of them or none, and "
     "foresell_exports says of which run each is; a table that foresell did not write is left "
     "alone. Every table is counted when it is written.",
     export_options, .run = fs_cli_run_export,
     .example = "foresell export shop --to s3://warehouse/forecasts --partition store\n"
                "foresell export shop --to postgres://me@localhost/shop?schema=forecasts --table "
                "forecast_item,peaks"},
    {"forget", "DIR", 1, 1, "Takes customers out of a project and its runs.",
     "In every run what was bought stays, without who bought it; rows about the customer go, and "
     "report and exports are made anew. The numbers themselves are not kept: DIR/forgotten.txt "
     "holds digests of them, by which later runs read your files without these customers. Your "
     "own files are not touched; it says which still name them.",
     forget_options, .run = fs_cli_run_forget,
     .example = "foresell forget shop --customer 17850\n"
                "foresell forget shop --customer 17850 --customer 13047"},
    {"doctor", "[DIR]", 0, 1, "Says what is wrong with this machine or this project.",
     "Looks at cores, memory, disk, the C library, the processor and the extensions for remote and "
     "other files; "
     "with DIR also at foresell.yaml, the files that it names and the last run.",
     NULL, .run = fs_cli_run_doctor, .example = "foresell doctor shop"},
    {"simulate", "DIR", 1, 1, "Makes up a retailer whose true answers are known.",
     "Nine tables with trend, seasons, holidays, price elasticity, promotions, stock-outs, churn, "
     "campaigns, returns, new and ending products, lasting shifts; the truth is written beside "
     "them in DIR-truth.",
     simulate_options, .run = fs_cli_run_simulate,
     .example = "foresell simulate files --items 500 --stores 8 --dirt 0.01"},
    {"version", "", 0, 0, "Says which version this is.", NULL, NULL, .run = fs_cli_run_version,
     .example = "foresell version --json"},
    {"help", "[VERB]", 0, 1, "Tells about the program or one verb.", NULL, NULL,
     .run = fs_cli_run_help, .example = "foresell help run"},
    {"docs", "", 0, 0, "Writes the generated documentation.", NULL, docs_options, .hidden = true,
     .run = fs_cli_run_docs, .example = "foresell docs --into docs"},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

const cli_verb *fs_cli_verb_at(int index)
{
    return index >= 0 && index < VERBS ? &verbs[index] : NULL;
}

const cli_verb *fs_cli_verb_find(const char *name, fs_error *error)
{
    const char *names[VERBS];
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
        names[i] = verbs[i].name;
    }
    fs_fail(error, FS_USAGE, "there is no verb '%s'", name);
    int nearest = fs_cli_nearest(name, names, VERBS);
    if (nearest >= 0)
        fs_error_remedy(error, "did you mean foresell %s?", names[nearest]);
    else
        fs_error_remedy(error, "foresell help lists what there is");
    return NULL;
}
