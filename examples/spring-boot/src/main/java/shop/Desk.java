package shop;

import io.rivulet.Message;
import io.rivulet.Rivulet;
import io.rivulet.RivuletHub;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes orders by HTTP, and tells of them by the hub. */
@RestController
public class Desk {

    private final Orders orders;
    private final RivuletHub hub;

    Desk(Orders orders, RivuletHub hub) {
        this.orders = orders;
        this.hub = hub;
    }

    @PostMapping("/orders")
    void order(@RequestParam String what) {
        orders.place(what);
    }

    /** All orders, and those that come: the answer is a stream, for those who may ask this URL. */
    @GetMapping("/orders")
    void follow(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Rivulet.respond(request, response).topic("orders").fromStart().start();
    }

    /** After the commit. */
    @TransactionalEventListener
    void placed(Orders.Placed order) {
        hub.publish(Message.on("orders", order.what()).type("placed")).join();
    }

    @ExceptionHandler(IllegalArgumentException.class)
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    void refused() {
        // the status says it
    }
}
