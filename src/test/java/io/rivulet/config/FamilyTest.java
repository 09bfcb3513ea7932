package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Settings in named sections: which key belongs where, in every source, and that secrets stay secret. */
class FamilyTest {

    private static final Map<String, String> NONE = Map.of();

    @Test
    void aSectionHasANameOrNone() {
        Settings settings = Settings.with("token.issuer", "a", "token.other.issuer", "b", "token.x-1_Y.use", "publish");
        Map<String, Section> tokens = settings.sections(Issuers.FAMILY);
        assertEquals(Set.of("", "other", "x-1_Y"), tokens.keySet());
        assertEquals(Optional.of("a"), tokens.get("").get(Issuers.ISSUER));
        assertEquals(Optional.of("b"), tokens.get("other").get(Issuers.ISSUER));
        assertEquals(Issuers.KeyUse.PUBLISH, tokens.get("x-1_Y").get(Issuers.USE));
        assertEquals(Issuers.KeyUse.BOTH, tokens.get("other").get(Issuers.USE));
        assertEquals("rivulet.token.issuer", tokens.get("").key(Issuers.ISSUER));
        assertEquals("rivulet.token.other.issuer", tokens.get("other").key(Issuers.ISSUER));
    }

    @Test
    void rowsOfTheTableWithTheSameBeginningAreNoSections() {
        Settings settings = Settings.with("token.skew", "1s", "token.bytes.max", "4k");
        assertEquals(Map.of(), settings.sections(Issuers.FAMILY));
        assertEquals(4_096, settings.get(SettingsTable.TOKEN_BYTES_MAX));
    }

    @Test
    void aMemberThatIsNoneStopsTheStartAndTheMessageNamesThoseThatAre() {
        for (String key : List.of("token.keys", "token.a.keys", "token.a.b.key", "token..key", "role.publish",
            "role.a.publishes", "token.a/b.key")) {
            BadSetting bad = assertThrows(BadSetting.class, () -> Settings.with(key, "x"), key);
            assertTrue(bad.getMessage().contains("rivulet." + key + " (given) is no setting of this version"),
                bad.getMessage());
        }
        assertTrue(assertThrows(BadSetting.class, () -> Settings.with("token.a.keys", "x")).getMessage()
            .contains("rivulet.token.<name>.issuer or rivulet.token.<name>.key"));
    }

    @Test
    void eachMemberComesFromTheStrongestSourceThatHasIt() {
        Settings settings = Settings.of(SettingSources.of(Map.of("rivulet.token.issuer", "system"),
            Map.of("RIVULET_TOKEN_ISSUER", "environment", "RIVULET_TOKEN_MY_IDP_ISSUER", "idp",
                "RIVULET_ROLE_EDITOR_OPERATE", "true", "RIVULET_TOKEN_SERVICE_HOST", "10.0.0.1"),
            NONE, "f", Map.of("rivulet.token.issuer", "file", "rivulet.token.key", "secret of the file")).sources());
        Map<String, Section> tokens = settings.sections(Issuers.FAMILY);
        assertEquals(Optional.of("system"), tokens.get("").get(Issuers.ISSUER));
        assertEquals("secret of the file", tokens.get("").get(Issuers.KEY).orElseThrow().reveal());
        assertEquals(Optional.of("idp"), tokens.get("my_idp").get(Issuers.ISSUER));
        assertEquals(2, tokens.size());
        assertTrue(settings.sections(RoleRights.FAMILY).get("editor").get(RoleRights.OPERATE));
    }

    @Test
    void aBadValueOfASectionNamesItsWholeKey() {
        BadSetting bad = assertThrows(BadSetting.class, () -> Settings.with("token.a.use", "reading"));
        assertEquals("rivulet.token.a.use is \"reading\" (given), but must be one of publish, subscribe, both",
            bad.getMessage());
    }

    @Test
    void topicsAreSplitOutsideOfBrackets() {
        Settings settings = Settings.with("role.a.publish", " news, /b/{x,y} ,urlpattern:/c/:d(e,f),, *");
        assertEquals(List.of("news", "/b/{x,y}", "urlpattern:/c/:d(e,f)", "*"),
            settings.sections(RoleRights.FAMILY).get("a").get(RoleRights.PUBLISH));
    }

    @Test
    void aSecretIsShownByNobody() {
        Secret secret = new Secret("hunter2");
        assertEquals("a secret", secret.toString());
        assertEquals("hunter2", secret.reveal());
        assertEquals(new Secret("hunter2"), secret);
        assertFalse(Optional.of(secret).toString().contains("hunter2"));
    }
}
