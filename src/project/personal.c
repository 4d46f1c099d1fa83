/* Columns that tell who somebody is: names of people, addresses, telephones, accounts.
 *
 * No step needs them, so init leaves them out of the mappings and says so; whoever wants one adds it. Told by the
 * column's name where its values are many: a yes or no about a telephone tells nobody's number.
 */
#include <string.h>

#include "mapping_internal.h"

/* Fewer different values than this are kinds of people, not people. */
#define FEW 50

static const char CONTACT[] =
    "email mail emailaddress phone phonenumber telephone telefon telefono telefone tel mobile "
    "cellphone cell handy fax whatsapp street streetaddress address adresse anschrift strasse "
    "direccion endereco indirizzo adres straat rue calle rua via adress адрес телефон почта iban "
    "bic bankaccount creditcard cardnumber ssn passport taxid nif cpf steuernummer username login "
    "twitter facebook instagram ip ipaddress";
static const char PERSON[] =
    "firstname lastname surname forename givenname familyname fullname middlename vorname nachname "
    "familienname apellido apellidos prenom cognome sobrenome achternaam voornaam imie nazwisko "
    "fornavn efternavn etunimi sukunimi фамилия имя отчество contactname contactperson cardholder "
    "maidenname";
static const char NAME[] = "name nom nombre nome naam nazwa namn navn nimi";
static const char PEOPLE[] = "customer client kunde cliente buyer shopper member person contact "
                             "user first last full given family middle";

static bool names_person(const fs_draft *draft, const fs_words *words)
{
    if (fs_words_has(words, PERSON) || fs_word_in(words->joined, strlen(words->joined), PERSON))
        return true;
    if (!fs_words_has(words, NAME)) return false;
    bool alone = words->count == 1 && draft->canonical == FS_CUSTOMERS;
    return alone || fs_words_has(words, PEOPLE);
}

bool fs_tells_who(const fs_draft *draft, int column)
{
    const fs_seen_column *c = &draft->home->column[column];
    const fs_column_profile *p = c->profile;
    int64_t told = p->rows - p->missing;
    bool about = draft->canonical == FS_CUSTOMERS || draft->canonical == FS_SALES ||
                 draft->canonical == FS_PROMOTIONS || draft->canonical == FS_REVIEWS ||
                 draft->canonical == FS_SUPPLIERS;
    if (!about || p->bools == told) return false;
    if (p->distinct < FEW && 2 * p->distinct < (double)told) return false;
    const fs_words *w = &c->words;
    return fs_words_has(w, CONTACT) || fs_word_in(w->joined, strlen(w->joined), CONTACT) ||
           names_person(draft, w);
}
