package io.rivulet.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.topic.TopicSpace;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The container's own users: what settings map their roles to. */
class RolesTest {

    private static Roles roles(String... settings) {
        return new Roles(Settings.with(settings), TopicSpace.of(Jwt.HUB));
    }

    @Test
    void aUserHasTheRightsOfAllItsRoles() {
        Roles roles = roles("role.editor.publish", "news, /books/{a,b}", "role.reader.subscribe",
            "urlpattern:/mail/:id, x", "role.admin.operate", "true");
        Grant editor = roles.grant("ann", Set.of("editor", "unmapped")::contains);
        assertEquals(List.of("container", "ann"), List.of(editor.issuer(), editor.subject()));
        assertTrue(editor.mayPublish(List.of("news", "/books/1,2")) && editor.subscribes().isNone());
        assertFalse(editor.mayPublish(List.of("other")) || editor.operates());
        Grant both = roles.grant("bob", Set.of("editor", "reader", "admin")::contains);
        assertTrue(both.mayPublish(List.of("news")) && both.operates());
        assertTrue(both.maySeePrivate(List.of("https://localhost/mail/7")) && both.maySeePrivate(List.of("x")));
        assertFalse(both.maySeePrivate(List.of("news")));
    }

    @Test
    void aUserWithoutAMappedRoleHasNoGrant() {
        assertNull(roles("role.editor.publish", "*").grant("ann", role -> false));
        assertNull(roles().grant("ann", role -> true));
        assertTrue(roles("role.editor.publish", "*").grant("ann", role -> true).publishes().all());
        assertFalse(roles().isConfigured());
    }

    @Test
    void aPatternThatIsNoneStopsTheStart() {
        BadSetting bad = assertThrows(BadSetting.class, () -> roles("role.editor.publish", "urlpattern:/(?=x)"));
        assertTrue(bad.getMessage().startsWith("rivulet.role.editor.publish: a URL pattern cannot be read"),
            bad.getMessage());
        assertThrows(BadSetting.class, () -> roles("role.editor.publishes", "x"));
    }

    @Test
    void topicsAreWrittenAsEverywhere() {
        Grant grant = roles("role.editor.publish", "quotes/*,jobs/{id}", "role.editor.subscribe", "urlpattern:a/:b,c*")
            .grant("ann", role -> true);
        assertTrue(grant.mayPublish(List.of("quotes/a/b", "jobs/1")) && grant.maySeePrivate(List.of("cd")));
        assertFalse(grant.mayPublish(List.of("quotes/../clock")) || grant.mayPublish(List.of("news"))
            || grant.maySeePrivate(List.of("d")));
        BadSetting bad = assertThrows(BadSetting.class, () -> roles("role.editor.publish", "jobs/{id}*"));
        assertTrue(bad.getMessage().contains("write {+rest}"), bad.getMessage());
    }
}
