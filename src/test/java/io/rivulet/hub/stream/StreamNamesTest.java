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

    @Test
    void aNameTellsTheNodesOfAClusterWhichOfThemHasMadeItAndNobodyElse() {
        byte[] key = new byte[16];
        StreamNames other = new StreamNames();
        StreamNames foreign = new StreamNames();
        names.mark(7, key);
        other.mark(0x7fff_fff0, key.clone());
        foreign.mark(7, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        for (int i = 0; i < 100; i++) {
            assertEquals(7, other.runOf(Name.of(names.next().text())));
            assertEquals(0x7fff_fff0, names.runOf(other.next()));
            assertNotEquals(7, names.runOf(foreign.next()));
            Name made = names.next();
            assertNotEquals(7, names.runOf(new Name(made.high() + 1, made.low())), "nobody makes one of another");
        }
    }

    @Test
    void aProofOfASecretIsOfItsNameAndTellsNothing() {
        Name name = names.next();
        String secret = names.secretOf(name);
        String proof = StreamNames.proof(name.text(), secret);
        assertNotEquals(secret, proof);
        assertEquals(secret, names.proven(name, proof));
        for (String wrong : new String[] {secret, "", StreamNames.proof(names.next().text(), secret),
            StreamNames.proof(name.text(), "")}) {
            assertEquals("", names.proven(name, wrong));
        }
    }
}
