package io.rivulet.url;

/**
 * A part of a component's pattern (URL Pattern Standard, section 2.2).
 *
 * @param prefix canonical text before what matches, within the part; of a FIXED one all of it
 * @param regexp of a REGEXP part, else ""
 * @param suffix canonical text after what matches
 * @param modifier {@code ?}, {@code *}, {@code +}, or 0 for exactly once
 */
record PatternPart(Kind kind, String prefix, String regexp, String suffix, char modifier) {

    enum Kind { FIXED, SEGMENT, FULL, REGEXP }

    /** Whether every match begins with the prefix. */
    boolean isCertain() {
        return modifier == 0 || modifier == '+';
    }
}
