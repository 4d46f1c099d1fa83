/* What a server or the network said, in our words where we know them, and what to do about it. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "raw_internal.h"

#define KEYS        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
#define CONNECTION  "AZURE_STORAGE_CONNECTION_STRING"
#define FROM_PORTAL "copy it from the portal, where it stands among the account's keys"
/* Azure's codes for it are many: AuthorizationFailure, AuthorizationPermissionMismatch … */
#define AZURE_REFUSES                                                                              \
    "the server refuses it to us",                                                                 \
        "check the key in " CONNECTION ", what its shared access signature allows, and that the "  \
        "account is open to this machine"

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
     "set " CONNECTION ", as the portal shows it among the account's keys"},
    {"Cannot identify the storage account", "no key of Azure is given",
     "set " CONNECTION ", as the portal shows it among the account's keys"},
    {"new connection for: ://", CONNECTION " is no connection string", FROM_PORTAL},
    {"invalid connection string", CONNECTION " is no connection string", FROM_PORTAL},
    {"Base64", "the key in " CONNECTION " is not whole", FROM_PORTAL},
    {"string does not match the storage account", CONNECTION " is of another account",
     "correct the account's name in the address, or set " CONNECTION " to that account's"},
    {"not match the expected formats", "it names no file or folder",
     "write az://CONTAINER/FOLDER/*.csv"},
    {"BlobNotFound", "there is no such file", "check the address"},
    {"PathNotFound", "there is no such file", "check the address"},
    {"No files found that match", "there is no such file", "check the address"},
    {"ContainerNotFound", "there is no such container", "check the address, or make the container"},
    {"ContainerBeingDeleted", "the container is just being deleted", "check the address"},
    {"ResourceNotFound",
     "the server does not know the account, or shows it to those only who log in",
     "check the account and key in " CONNECTION},
    {"NoAuthenticationInformation", "the server wants to know who asks", "set " CONNECTION},
    {"PublicAccessNotPermitted", "the server wants to know who asks", "set " CONNECTION},
    {"AuthenticationFailed", "the server refuses the key",
     "check the key in " CONNECTION ", or that its shared access signature has not ended"},
    {"'Authorization", AZURE_REFUSES},
    {"with Authorization", AZURE_REFUSES},
    {"ConditionNotMet", "the file was changed while it was read",
     "start again when whatever writes it has finished"},
    {"ServerBusy", "the server is too busy, also after three more tries", "start again later"},
    {"InternalError", "the server is out of order, also after three more tries",
     "start again later"},
    {"Failed to parse xml", "what answers is no Azure storage, or out of order",
     "check BlobEndpoint in " CONNECTION ", or start again later"},
    {"404", "there is no such file", "check the address"},
    {"403", "the server refuses it to us",
     "for s3:// set " KEYS
     ", AWS_REGION, where the keys end with a session AWS_SESSION_TOKEN, and where it is not "
     "Amazon's AWS_ENDPOINT_URL; for https:// it may want a token in the address"},
    {"401", "the server wants to know who asks", "give it what it wants in the address"},
    {"503", "the server is too busy, also after five more tries", "start again later"},
    {"429", "the server is too busy, also after five more tries", "start again later"},
    {"500", "the server is out of order, also after five more tries", "start again later"},
    {"Service Unavailable", "the server is too busy, also after some more tries",
     "start again later"},
    {"Too Many Requests", "the server is too busy, also after some more tries",
     "start again later"},
    {"Internal Server Error", "the server is out of order, also after some more tries",
     "start again later"},
    {"SSL CA cert", "there are no certificates of authorities to trust",
     "install the system's (ca-certificates), or name a file of them in SSL_CERT_FILE"},
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
