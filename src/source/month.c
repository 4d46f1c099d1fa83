/* Month names, full and short, in English, German, French, Spanish, Portuguese, Italian, Dutch.
 *
 * A word is a month where it is the beginning (three letters or more) of exactly one month's names:
 * "jui" could be juin or juillet and is none. Accents are taken off both before comparing.
 */
#include <string.h>

#include "source_internal.h"

static const struct {
    unsigned char month;
    char name[12];
} names[] = {
    {1, "january"},    {1, "januar"},    {1, "janner"},    {1, "janvier"},    {1, "enero"},
    {1, "janeiro"},    {1, "gennaio"},   {1, "januari"},   {2, "february"},   {2, "februar"},
    {2, "feber"},      {2, "fevrier"},   {2, "febrero"},   {2, "fevereiro"},  {2, "febbraio"},
    {2, "februari"},   {3, "march"},     {3, "marz"},      {3, "maerz"},      {3, "mars"},
    {3, "marzo"},      {3, "marco"},     {3, "maart"},     {3, "mrz"},        {3, "mrt"},
    {4, "april"},      {4, "avril"},     {4, "abril"},     {4, "aprile"},     {5, "may"},
    {5, "mai"},        {5, "mayo"},      {5, "maio"},      {5, "maggio"},     {5, "mei"},
    {6, "june"},       {6, "juni"},      {6, "juin"},      {6, "junio"},      {6, "junho"},
    {6, "giugno"},     {7, "july"},      {7, "juli"},      {7, "juillet"},    {7, "julio"},
    {7, "julho"},      {7, "luglio"},    {8, "august"},    {8, "aout"},       {8, "agosto"},
    {8, "augustus"},   {9, "september"}, {9, "septembre"}, {9, "septiembre"}, {9, "setembro"},
    {9, "settembre"},  {9, "setiembre"}, {10, "october"},  {10, "oktober"},   {10, "octobre"},
    {10, "octubre"},   {10, "outubro"},  {10, "ottobre"},  {11, "november"},  {11, "novembre"},
    {11, "noviembre"}, {11, "novembro"}, {12, "december"}, {12, "dezember"},  {12, "decembre"},
    {12, "diciembre"}, {12, "dezembro"}, {12, "dicembre"}};

/* The second byte of U+00C0 … U+00FF to the letter without its accent. */
static char fold(unsigned char second)
{
    static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts";
    return latin[second & 31];
}

size_t fs_source_fold_word(const char *text, size_t bytes, char word[FS_SOURCE_WORD],
                           size_t *letters)
{
    size_t i = 0, n = 0;
    while (i < bytes) {
        unsigned char c = (unsigned char)text[i];
        char letter;
        size_t length = 1;
        if ((c | 32) >= 'a' && (c | 32) <= 'z') {
            letter = (char)(c | 32);
        } else if (c == 0xc3 && i + 1 < bytes && ((unsigned char)text[i + 1] & 0xc0) == 0x80) {
            letter = fold((unsigned char)text[i + 1]);
            length = 2;
        } else {
            break;
        }
        if (n < FS_SOURCE_WORD) word[n] = letter;
        n++;
        i += length;
    }
    *letters = n;
    return i;
}

int fs_source_month(const char *word, size_t letters)
{
    int month = 0;
    if (letters < 3 || letters > 10) return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].name[0] != word[0] || memcmp(names[i].name, word, letters) != 0) continue;
        if (month && month != names[i].month) return 0;
        month = names[i].month;
    }
    return month;
}

bool fs_source_is_weekday(const char *word, size_t letters)
{
    static const char starts[][4] = {
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo",  "di",  "mi",  "do",  "fr",
        "sa",  "so",  "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mie", "jue", "vie",
        "sab", "dom", "gio", "seg", "ter", "qua", "qui", "sex", "ma",  "wo",  "vr",  "za",
        "zo",  "don", "mit", "die", "fre", "son", "woe", "vri", "zat", "zon", "maa", "din"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t length = strlen(starts[i]);
        if (letters >= length && memcmp(word, starts[i], length) == 0)
            return length > 2 || letters == 2;
    }
    return false;
}
