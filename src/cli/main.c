/* The program; everything is in the rest of the room, so that tests can call it. */
#include <stdlib.h>

#include "cli_internal.h"

/* DuckDB's extension for Azure knows the file of certificates by this name only. Set while there is one thread. */
static void name_certificates(void)
{
    const char *file = getenv("SSL_CERT_FILE");
    if (!file || !*file) file = getenv("CURL_CA_BUNDLE");
    if (file && *file) setenv("CURL_CA_INFO", file, 0);
}

int main(int count, char **words)
{
    name_certificates();
    return fs_cli_main(count, words, stdout, stderr);
}
