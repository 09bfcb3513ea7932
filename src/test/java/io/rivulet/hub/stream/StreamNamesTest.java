package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.stream.StreamNames.Name;
import org.junit.jupiter.api.Test;

/** Names of streams as they are told, and the secrets that belong to them. */
class StreamNamesTest {

    private final StreamNames names = new StreamNames();

    @Test
    void aNameIsReadBackFromItsTextAloneAndInOneSpelling() {
        for (Name name : new Name[] {names.next(), new Name(0, 0), new Name(-1, -1), new Name(Long.MIN_VALUE, 1)}) {
            String text = name.text();
            assertTrue(text.matches("[A-Za-z0-9_-]{22}"), text);
            assertEquals(name, Name.of(text));
            for (String other : new String[] {text + "==", text.substring(1), text + "A", " " + text}) {
                assertNull(Name.of(other), other);
            }
        }
        assertEquals("AAAAAAAAAAAAAAAAAAAAAA", new Name(0, 0).text());
        assertNull(Name.of("AAAAAAAAAAAAAAAAAAAAAB"), "the same 128 bits, with others behind them");
        assertNull(Name.of(""));
        assertNull(Name.of("/AAAAAAAAAAAAAAAAAAAAA"));
    }

    @Test
    void aSecretIsOfItsNameAndItsHub() {
        Name name = names.next();
        String secret = names.secretOf(name);
        assertTrue(secret.matches("[A-Za-z0-9_-]{22}"), secret);
        assertTrue(names.isSecretOf(name, secret));
        assertFalse(names.isSecretOf(names.next(), secret));
        assertFalse(names.isSecretOf(name, name.text()));
        assertFalse(names.isSecretOf(name, secret.substring(1)));
        assertFalse(names.isSecretOf(name, ""));
        assertFalse(new StreamNames().isSecretOf(name, secret));
        assertNotEquals(names.secretOf(new Name(0, 1)), names.secretOf(new Name(1, 0)));
    }
}
