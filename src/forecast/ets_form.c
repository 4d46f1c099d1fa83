/* Forms of exponential smoothing by their letters, as "AAdM": error, trend, season.
 *
 * N none, A additive, M multiplicative, Ad and Md damped, Z chosen by AICc; the notation is that of Hyndman, Koehler, Ord,
 * Snyder (2008), table 2.1. An A that is a trend is a straight one: what is damped says so.
 *
 * A form that ets_choose.c leaves out of the choice is taken where the letters that are why it is left out are given.
 */
#include <string.h>

#include "ets_internal.h"

#define LONGEST_TRENDED 6 /* steps in a season */

static const char part_letter[] = "NAM";

static bool is_one_of(char letter, const char *letters)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

/* The letters of a form; false where they are none. */
static bool read_form(const char *form, fs_ets_letters *letters)
{
    const char *at = form;
    *letters = (fs_ets_letters){0};
    if (!is_one_of(*at, "AMZ")) return false;
    letters->error = *at++;
    if (!is_one_of(*at, "NAMZ")) return false;
    letters->trend = *at++;
    letters->damped = *at == 'd';
    if (letters->damped && !is_one_of(letters->trend, "AM")) return false;
    at += letters->damped;
    if (!is_one_of(*at, "NAMZ")) return false;
    letters->season = *at++;
    return *at == '\0';
}

bool fs_ets_form_is_valid(const char *form)
{
    fs_ets_letters letters;
    return form && read_form(form, &letters);
}

fs_ets_letters fs_ets_letters_of(const char *form)
{
    fs_ets_letters letters;
    if (!form || !read_form(form, &letters)) (void)read_form("ZZZ", &letters);
    return letters;
}

static bool takes(char letter, fs_ets_part part)
{
    return letter == 'Z' || letter == part_letter[part];
}

bool fs_ets_allows(const fs_ets_letters *letters, const fs_ets *form, int period)
{
    bool named = letters->error == 'A' && letters->season == 'M';
    bool unstable = form->error == FS_ETS_ADDITIVE && form->season == FS_ETS_MULTIPLICATIVE;
    if (!takes(letters->error, form->error) || !takes(letters->season, form->season)) return false;
    if (unstable && !named) return false;
    if (letters->trend != 'Z')
        return letters->trend == part_letter[form->trend] && letters->damped == form->damped;
    if (form->trend == FS_ETS_MULTIPLICATIVE) return false;
    return !form->trend || form->damped || period <= LONGEST_TRENDED;
}

void fs_ets_name(const fs_ets *ets, char *name)
{
    char *at = name;
    memcpy(at, "ETS(", 4), at += 4;
    *at++ = part_letter[ets->error], *at++ = ',';
    *at++ = part_letter[ets->trend];
    if (ets->damped) *at++ = 'd';
    *at++ = ',', *at++ = part_letter[ets->season], *at++ = ')';
    *at = '\0';
}
