package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.kit.Stub;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A PostgreSQL that will not do says so, before anything is done with it. */
class PostgresCheckTest {

    /** A server of this version. */
    private static Statement server(int number, String version, boolean isStandby) {
        ResultSet row = Stub.of(ResultSet.class, (method, arguments) -> switch (method) {
            case "next" -> true;
            case "getInt" -> number;
            case "getString" -> arguments[0].equals(2) ? version : "on";
            case "getBoolean" -> isStandby;
            default -> null;
        });
        return Stub.of(Statement.class, (method, arguments) -> method.equals("executeQuery") ? row : null);
    }

    @Test
    void aVersionThatIsTooOldIsNamed() throws Exception {
        EngineRefused refused = assertThrows(EngineRefused.class,
            () -> PostgresEngine.check(server(110_022, "11.22", false)));
        assertEquals("PostgreSQL 11.22 is too old; 12 is the oldest that can be used", refused.getMessage());
        PostgresEngine.check(server(120_000, "12.0", false));
    }

    @Test
    void aStandbyIsWaitedFor() {
        SQLException standby = assertThrows(SQLException.class,
            () -> PostgresEngine.check(server(150_000, "15.0", true)));
        assertEquals("the server is a standby; it takes nothing before it is promoted", standby.getMessage());
    }
}
