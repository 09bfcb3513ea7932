package shop;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Keeps orders in the database. */
@Service
public class Orders {

    /** An order was placed. */
    record Placed(String what) {
    }

    private final JdbcClient database;
    private final ApplicationEventPublisher events;

    Orders(JdbcClient database, ApplicationEventPublisher events) {
        this.database = database;
        this.events = events;
    }

    /** Whoever listens hears of it after the commit; nobody hears of an order that was rolled back. */
    @Transactional
    public void place(String what) {
        database.sql("insert into orders values (?)").param(what).update();
        events.publishEvent(new Placed(what));
        if (what.isBlank()) {
            throw new IllegalArgumentException("an order needs a name");
        }
    }
}
