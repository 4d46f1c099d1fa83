/* The program; everything is in the rest of the room, so that tests can call it. */
#include "cli_internal.h"

int main(int count, char **words) { return fs_cli_main(count, words, stdout, stderr); }
