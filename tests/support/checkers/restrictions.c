/* libical's opinion of calendar objects: whether it can read them, and whether they keep to the tables of
   RFC 5546 (icalrestriction_check). One line for each fault: FILE: what.
   usage: restrictions FILE...  */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults;

static void look(const char *file, icalcomponent *component) {
  icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
  for (; p; p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
    printf("%s: libical: %s\n", file, icalproperty_get_xlicerror(p));
    faults++;
  }
  icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
  for (; inner; inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT)) look(file, inner);
}

int main(int count, char **files) {
  icalerror_set_errors_are_fatal(0);
  for (int i = 1; i < count; i++) {
    FILE *in = fopen(files[i], "rb");
    if (!in) { printf("%s: cannot be opened\n", files[i]); faults++; continue; }
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    char *text = malloc(size + 1);
    if (!text || fread(text, 1, size, in) != (size_t)size) { printf("%s: cannot be read\n", files[i]); return 2; }
    text[size] = 0;
    fclose(in);
    icalcomponent *all = icalparser_parse_string(text);
    if (!all) { printf("%s: libical: no calendar\n", files[i]); faults++; free(text); continue; }
    icalrestriction_check(all);
    look(files[i], all);
    icalcomponent_free(all);
    free(text);
  }
  return faults ? 1 : 0;
}
