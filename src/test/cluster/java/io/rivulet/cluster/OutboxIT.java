package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.publish.Publication;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code rivulet_publish} in transactions of an application, and nodes that publish what has committed. */
class OutboxIT extends AtPostgres {

    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 600;

    private Connection application() throws SQLException {
        Connection connection = postgres.connect(schema);
        connection.setAutoCommit(false);
        return connection;
    }

    private static void publish(Connection connection, String topic, String data, String... more) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select rivulet_publish('" + topic + "', '" + data + "'"
                + (more.length == 0 ? "" : ", " + String.join(", ", more)) + ")");
        }
    }

    /** One writer's transactions: some are rolled back, some in part, some have two events. */
    private List<String> write(int writer) throws SQLException {
        List<String> committed = new ArrayList<>();
        try (Connection connection = application()) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                String data = writer + "-" + i;
                publish(connection, "news", data);
                if (i % 7 == 3) {
                    Savepoint before = connection.setSavepoint();
                    publish(connection, "news", data + " undone");
                    connection.rollback(before);
                }
                if (i % 5 == 2) {
                    publish(connection, "news", data + " second");
                }
                if (i % 4 == 1) {
                    connection.rollback();
                } else {
                    connection.commit();
                    committed.add(data);
                    if (i % 5 == 2) {
                        committed.add(data + " second");
                    }
                }
            }
        }
        return committed;
    }

    @Test
    void eachOfThousandsOfTransactionsThatCommitIsPublishedOnceAndNoneThatIsRolledBack() throws Exception {
        HubNode one = node("one");
        List<CompletableFuture<List<String>>> done = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            int writer = w;
            CompletableFuture<List<String>> end = new CompletableFuture<>();
            done.add(end);
            new Thread(() -> {
                try {
                    end.complete(write(writer));
                } catch (SQLException | RuntimeException e) {
                    end.completeExceptionally(e);
                }
            }, "test-writer-" + w).start();
        }
        Await.until("some are published", () -> one.log.range().head() > 50);
        HubNode two = node("two");
        one.close(); // another node goes on, wherever this one was
        List<List<String>> committed = new ArrayList<>();
        for (CompletableFuture<List<String>> each : done) {
            committed.add(each.get(60, TimeUnit.SECONDS));
        }
        int all = committed.stream().mapToInt(List::size).sum();
        Await.until(all + " events", () -> two.log.range().head() >= all);
        assertEquals("0", postgres.value("select count(*) from " + schema + ".outbox where chunk is null"));
        List<String> published = two.data();
        for (int w = 0; w < WRITERS; w++) {
            String beginning = w + "-";
            assertEquals(committed.get(w), published.stream().filter(data -> data.startsWith(beginning)).toList(),
                "what one writer committed, once each and in its order");
        }
        assertEquals(all, published.size());
    }

    @Test
    void theOrderIsThatOfTheCommitsAndAnOpenTransactionHoldsUpNobody() throws Exception {
        HubNode one = node("one");
        try (Connection early = application(); Connection late = application()) {
            publish(early, "news", "put in first");
            publish(late, "news", "committed first");
            one.publish("news", "while both are open");
            late.commit();
            early.commit();
            Await.until("all three", () -> one.log.range().head() == 3);
        }
        assertEquals(List.of("while both are open", "committed first", "put in first"), one.data());
    }

    @Test
    void whatNoHubTakesIsPutAsideWithTheReason() throws Exception {
        HubNode one = node("one");
        one.answer(Publication.of(Event.on("over").data("last").end(TopicEnd.FINISHED).build()));
        try (Connection connection = application()) {
            publish(connection, "news", "1", "type => 'note'", "private => true", "id => 'urn:x:1'");
            publish(connection, "over", "too late");
            publish(connection, "news", "2");
            publish(connection, "run", "3", "ends => 'finished'");
            connection.commit();
            Await.until("four", () -> one.log.range().head() == 4);
            assertEquals(List.of("last", "1", "2", "3"), one.data());
            assertEquals("too late", postgres.value("select data from " + schema + ".outbox_refused"));
            assertTrue(postgres.value("select why from " + schema + ".outbox_refused").contains("ended"));
            assertThrows(SQLException.class, () -> publish(connection, "", "no topic"));
            connection.rollback();
            assertThrows(SQLException.class, () -> publish(connection, "rivulet/streams", "the hub's own"));
            connection.rollback();
            assertThrows(SQLException.class, () -> publish(connection, "news", "x", "ends => 'whenever'"));
        }
    }

    @Test
    void anApplicationMayPublishWhenItIsGrantedAndDoNothingElse() throws Exception {
        HubNode one = node("one");
        String user = "app_of_" + schema;
        postgres.sql("create user " + user + " password 'of-the-app'; grant usage on schema " + schema + " to " + user);
        try (Connection connection = postgres.connect(schema, user, "of-the-app")) {
            assertThrows(SQLException.class, () -> publish(connection, "news", "not granted"));
            postgres.sql("grant execute on function " + schema + ".rivulet_publish to " + user);
            publish(connection, "news", "granted");
            Await.until("it is published", () -> one.log.range().head() == 1);
            try (Statement statement = connection.createStatement()) {
                for (String table : List.of("outbox", "batch", "hub")) {
                    assertThrows(SQLException.class, () -> statement.execute("select * from " + table));
                }
                statement.execute("create temporary table outbox (topic text, data text, type text, event_id text,"
                    + " ends text, private boolean, id bigint)");
            }
            publish(connection, "news", "its own table of that name is not taken");
            Await.until("it is published", () -> one.log.range().head() == 2);
        }
    }

    @Test
    void tablesOfTheVersionBeforeGetWhatTheyLack() throws Exception {
        try (InputStream in = PostgresEngine.class.getResourceAsStream("postgresql-1.sql")) {
            postgres.sql("create schema " + schema + "; set search_path = " + schema + ";"
                + new String(in.readAllBytes(), StandardCharsets.UTF_8)
                + "; insert into hub (version, store_id, key) values (1, 7, '\\x00112233445566778899aabbccddeeff')");
        }
        HubNode one = node("one");
        try (Connection connection = application()) {
            publish(connection, "news", "1");
            connection.commit();
        }
        Await.until("it is published", () -> one.log.range().head() == 1);
        assertNotEquals("1", postgres.value("select version from " + schema + ".hub"));
        assertEquals("7", postgres.value("select store_id from " + schema + ".hub"), "it is the same log");
        postgres.sql("update " + schema + ".hub set version = 99");
        EngineRefused later = assertThrows(EngineRefused.class, () -> begin());
        assertTrue(later.getMessage().contains("upgrade this node"), later.getMessage());
    }

    private void begin() throws IOException {
        try (ClusterEngine engine = new PostgresEngine(postgres.url(schema))) {
            engine.begin("test", 0);
        }
    }
}
