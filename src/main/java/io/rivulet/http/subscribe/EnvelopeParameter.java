package io.rivulet.http.subscribe;

import io.rivulet.http.form.FormFields;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;

/**
 * Whether events are to come as lines of JSON that also name their topics. The doors of updates and of history read it
 * from the query. Immutable, any thread.
 *
 * @param isAsked    whether they are
 * @param dataAsJson whether data that is JSON stands in them as such, and not as text in quotes
 */
public record EnvelopeParameter(boolean isAsked, boolean dataAsJson) {

    /** The parameters. */
    public static final String NAME = "envelope";
    /** See {@link #NAME}. */
    public static final String DATA = "envelope.data";

    /**
     * What the query asks for.
     *
     * @throws Refused for any value but {@code json}
     */
    public static EnvelopeParameter of(FormFields query) {
        boolean asked = isJson(query, NAME);
        boolean data = isJson(query, DATA);
        if (data && !asked) {
            throw Refused.malformed("the parameter " + DATA + " says how data stands in an envelope; ask for "
                + NAME + "=json as well");
        }
        return new EnvelopeParameter(asked, data);
    }

    private static boolean isJson(FormFields query, String name) {
        String value = query.one(name);
        if (value != null && !value.equals("json")) {
            throw Refused.malformed(name + " is " + Printable.of(value) + "; it must be json");
        }
        return value != null;
    }
}
