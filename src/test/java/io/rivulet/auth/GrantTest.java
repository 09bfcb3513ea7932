package io.rivulet.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose a grant is. */
class GrantTest {

    @Test
    void aCopyOfALocalGrantIsLocalAsWell() {
        for (Grant grant : List.of(Grant.DEV, Grant.INTERNAL)) {
            Grant copy = new Grant(new String(grant.issuer()), grant.subject(), null, GrantedTopics.NONE,
                GrantedTopics.NONE, List.of(), false, 1_000, false);
            assertTrue(grant.isLocal() && copy.isLocal());
            assertFalse(copy.isNamed());
        }
    }

    @Test
    void whoeverShowsATokenOrALoginOrNothingIsNotLocal() {
        for (String issuer : List.of("", Roles.ISSUER, "https://issuer", "urn:rivulet:rivulet.token")) {
            Grant grant = Grant.of(issuer, Grant.DEV.subject(), GrantedTopics.ALL, GrantedTopics.ALL, true);
            assertFalse(grant.isLocal(), issuer);
            assertEquals(!issuer.isEmpty(), grant.isNamed(), issuer);
        }
    }
}
