/* What a server or the network said, in our words where we know them, and what to do about it. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "raw_internal.h"

#define KEYS "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"

/* The first that fits is said: what a store calls its fault before the number that HTTP has for it. */
static const struct {
    const char *said, *what, *remedy;
} known[] = {
    {"ExpiredToken", "the session of the keys has ended",
     "log in again, and set " KEYS " and AWS_SESSION_TOKEN anew"},
    {"AuthorizationHeaderMalformed", "the bucket lies in another region", "set AWS_REGION to it"},
    {"S3 region being set incorrectly",
     "the bucket lies in another region, or the request is no good",
     "set AWS_REGION to the bucket's"},
    {"NoSuchBucket", "there is no such bucket", "check the address, or make the bucket"},
    {"InvalidAccessKeyId", "the server does not know this key", "check AWS_ACCESS_KEY_ID"},
    {"XAdminUserNotFound", "the server does not know this key", "check AWS_ACCESS_KEY_ID"},
    {"SignatureDoesNotMatch", "the server refuses the key", "check AWS_SECRET_ACCESS_KEY"},
    {"No valid Azure credentials", "no key of Azure is given",
     "set AZURE_STORAGE_CONNECTION_STRING, as the portal shows it among the account's keys"},
    {"404", "there is no such file", "check the address"},
    {"403", "the server refuses it to us",
     "for s3:// set " KEYS
     ", AWS_REGION, where the keys end with a session AWS_SESSION_TOKEN, and where it is not "
     "Amazon's AWS_ENDPOINT_URL; for https:// it may want a token in the address"},
    {"401", "the server wants to know who asks", "give it what it wants in the address"},
    {"503", "the server is too busy, also after five more tries", "start again later"},
    {"429", "the server is too busy, also after five more tries", "start again later"},
    {"500", "the server is out of order, also after five more tries", "start again later"},
    {"SSL peer certificate", "the server's certificate is not one that this machine trusts",
     "name the file of the authority that made it in SSL_CERT_FILE"},
    {"partial file", "the server broke off in the middle of the file",
     "try again; if it stays so, the file on the server is damaged"},
    {"receiving data from the peer", "the server does not answer",
     "check that the server runs, and the network"},
    {"Server returned nothing", "the server does not answer",
     "check that the server runs, and the network"},
    {"Timeout was reached", "the server does not answer in time",
     "check that the server runs, and the network"},
    {"connect to server", "the server does not answer",
     "check the address, that the server runs, and the network"},
    {"resolve host", "there is no server of that name", "check the address and the network"},
};

/* Are these words, or this number by itself, in what was said? The message holds the address too, where 403 may
 * be part of a port. */
static bool says(const fs_error *cause, const char *words)
{
    bool number = isdigit((unsigned char)*words);
    size_t size = strlen(words);
    for (const char *at = cause->message; (at = strstr(at, words)); at++) {
        bool alone = at > cause->message && at[-1] == ' ' && !isalnum((unsigned char)at[size]);
        if (!number || alone) return true;
    }
    return false;
}

fs_status fs_raw_fail_remote(const char *doing, const char *path, const fs_error *cause,
                             fs_error *error)
{
    fs_arena arena = {0};
    const char *shown = fs_url_shown(&arena, path);
    size_t i = 0, count = sizeof known / sizeof *known;
    while (i < count && !says(cause, known[i].said)) i++;
    if (!shown)
        fs_fail_memory(error, strlen(path));
    else
        fs_fail(error, FS_RESOURCE, "cannot %s %s: %s", doing, shown,
                i < count ? known[i].what : cause->message);
    fs_error_remedy(error, "%s",
                    i < count
                        ? known[i].remedy
                        : "check the address, the network, and the credentials that it needs");
    fs_arena_free(&arena);
    return error ? error->status : FS_RESOURCE;
}
