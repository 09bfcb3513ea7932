package io.rivulet.http.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.form.BytesInFlight.Charge;
import io.rivulet.http.form.BytesInFlight.Kind;
import io.rivulet.kit.Stub;
import io.rivulet.refusal.Refused;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ReadListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The budget of bodies and answers: who may take how much, and that all of it comes back. */
class BytesInFlightTest {

    /** Strangers have 300 of it, 75 each; readers 200, 50 each; publishers 300, 75 each. */
    private final BytesInFlight flight = new BytesInFlight(800);

    private Charge stranger(String address) {
        return flight.charge(Kind.STRANGER, address);
    }

    private static String refusal(Runnable taking) {
        Refused refused = assertThrows(Refused.class, taking::run);
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        return refused.getMessage();
    }

    @Test
    void oneCallerHasAQuarterOfItsPart() {
        Charge first = stranger("a");
        first.take(50);
        assertEquals("the bodies and answers of this address hold 50 bytes of memory, and this request needs 26 more; "
            + "at most 75 are theirs (rivulet.flight.bytes)", refusal(() -> stranger("a").take(26)));
        stranger("a").take(25);
        stranger("b").take(75);
        assertEquals(150, flight.taken());
    }

    @Test
    void allCallersOfAKindHaveItsPartAndTheOthersHaveTheirs() {
        for (String address : List.of("a", "b", "c", "d")) {
            stranger(address).take(75);
        }
        assertEquals("the bodies and answers of callers without a token hold 300 bytes of memory, and this request "
            + "needs 1 more; at most 300 are theirs (rivulet.flight.bytes)", refusal(() -> stranger("e").take(1)));
        for (String subject : List.of("a", "b", "c", "d")) {
            flight.charge(Kind.READER, subject).take(50);
            flight.charge(Kind.PUBLISHER, subject).take(75);
        }
        assertTrue(refusal(() -> flight.charge(Kind.READER, "e").take(1)).contains("who may read only hold 200"));
        assertTrue(refusal(() -> flight.charge(Kind.PUBLISHER, "e").take(1)).contains("who may publish hold 300"));
        assertEquals(800, flight.taken());
    }

    /** Four addresses may hold all of their kind's part: then others have their look-ups all the same. */
    @Test
    void aQuarterOfAPartIsForThoseWhoHoldLittle() {
        BytesInFlight large = new BytesInFlight(8 << 20); // strangers have 3 MiB
        for (String address : List.of("a", "b", "c")) {
            large.charge(Kind.STRANGER, address).take(768 << 10);
        }
        assertTrue(refusal(() -> large.charge(Kind.STRANGER, "d").take(41_000)).contains("at most 2359296 are theirs"));
        assertFalse(large.charge(Kind.STRANGER, "a").tryTake(1), "it holds much already");
        Charge little = large.charge(Kind.STRANGER, "d");
        little.take(32_768);
        assertTrue(little.tryTake(8_192));
        assertFalse(little.tryTake(1));
    }

    /** Sixty that hold little hold much together. */
    @Test
    void theMoreIsTakenTheLessIsLittleSoSomethingIsLeftForOneMore() {
        BytesInFlight large = new BytesInFlight(32 << 20); // strangers have 12 MiB: a heap of 256 MB
        for (String address : List.of("a", "b", "c")) {
            large.charge(Kind.STRANGER, address).take(3 << 20);
        }
        for (int i = 1; i <= 100; i++) {
            int strangers = i;
            Charge all = large.charge(Kind.STRANGER, i);
            while (all.tryTake(64)) {
                // one more
            }
            Charge honest = large.charge(Kind.STRANGER, "honest");
            assertTrue(honest.tryTake(strangers <= 64 ? 32_000 : 4_096), () -> "beside " + strangers + " strangers");
            honest.close();
        }
    }

    @Test
    void itTellsOnceThatSomebodyWasRefusedWhatOthersHold() {
        stranger("a").take(75);
        refusal(() -> stranger("a").take(1));
        assertFalse(flight.wasScarce(), "that is its own");
        for (String address : List.of("b", "c", "d")) {
            stranger(address).take(75);
        }
        assertFalse(stranger("e").tryTake(1));
        assertFalse(flight.wasScarce(), "it could do without");
        refusal(() -> stranger("e").take(1));
        assertTrue(flight.wasScarce());
        assertFalse(flight.wasScarce());
    }

    @Test
    void whatTheFirstRequestOfACallerCannotDoWithoutMayBeMoreThanItsShare() {
        Charge large = stranger("a");
        large.take(10);
        assertFalse(large.tryTake(100), "what it can do without has to fit");
        large.take(100);
        refusal(() -> stranger("a").take(1));
        refusal(() -> stranger("b").take(191));
        large.close();
        Charge small = stranger("a");
        small.take(1);
        refusal(() -> stranger("a").take(100));
    }

    /** Each holds the little that it began with when the large part of it is ready, in whatever order. */
    @Test
    void ofRequestsThatCameAtOnceOneGoesThroughAndThenTheNext() {
        for (int ready = 0; ready < 3; ready++) {
            List<Charge> same = List.of(stranger("a"), stranger("a"), stranger("a"));
            same.forEach(charge -> charge.take(10));
            for (int i = 0; i < 3; i++) {
                Charge charge = same.get((ready + i) % 3);
                if (charge == same.get(0)) {
                    charge.take(100);
                } else {
                    refusal(() -> charge.take(100));
                }
            }
            same.get(0).close();
            refusal(() -> same.get(2).take(100));
            same.get(1).take(100);
            same.forEach(Charge::close);
        }
        assertEquals(0, flight.taken() + flight.remembered());
    }

    /** Else an address would hold one body after the other. */
    @Test
    void theRightOfTheFirstGoesToTheNextOldestAndNotToOneThatComesLater() {
        Charge first = stranger("a");
        first.take(10);
        Charge second = stranger("a");
        second.take(60);
        first.take(100);
        first.close();
        refusal(() -> stranger("a").take(60));
        second.take(100);
    }

    @Test
    void allIsGivenBackOnceHoweverOftenTheRequestEnds() {
        Charge one = stranger("a");
        Charge other = stranger("a");
        one.take(20);
        other.take(30);
        one.give(5);
        assertEquals(45, flight.taken());
        one.close();
        one.onComplete(null);
        one.give(20);
        assertEquals(30, flight.taken());
        assertFalse(one.tryTake(1), "a reader may come late");
        assertEquals("the request has ended", refusal(() -> one.take(1)));
        one.hold(1);
        other.onComplete(null);
        assertEquals(0, flight.taken());
        assertEquals(0, flight.remembered());
    }

    @Test
    void whatCannotBeRefusedCounts() {
        Charge answer = flight.charge(Kind.PUBLISHER, "a");
        answer.hold(1_000);
        refusal(() -> flight.charge(Kind.PUBLISHER, "b").take(1));
        answer.close();
        flight.charge(Kind.PUBLISHER, "b").take(1);
    }

    /** The sums are those of the charges, whatever is done in whatever order, and no bound is ever passed. */
    @Test
    void theSumsAreRightWhateverIsDone() {
        Random random = new Random(7);
        List<Charge> open = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (open.isEmpty() || random.nextInt(4) == 0) {
                open.add(flight.charge(Kind.values()[random.nextInt(3)], random.nextInt(6)));
            }
            Charge charge = open.get(random.nextInt(open.size()));
            switch (random.nextInt(4)) {
                case 0 -> charge.tryTake(random.nextInt(60));
                case 1 -> {
                    try {
                        charge.take(random.nextInt(60));
                    } catch (Refused e) {
                        // there is no room now
                    }
                }
                case 2 -> charge.give(random.nextInt(60));
                default -> {
                    charge.close();
                    open.remove(charge);
                }
            }
            assertEquals(open.stream().mapToLong(Charge::held).sum(), flight.taken());
            assertTrue(flight.taken() <= 800);
        }
        open.forEach(Charge::close);
        assertEquals(0, flight.taken() + flight.remembered());
    }

    // ---- bodies

    /** A body that comes in pieces of this size; what is charged is noted before each read. */
    private static final class Pieces extends ServletInputStream {
        private final long length;
        private final int size;
        private final Charge charge;
        private long read;
        private long charged;
        private int largest;

        Pieces(long length, int size, Charge charge) {
            this.length = length;
            this.size = size;
            this.charge = charge;
        }

        @Override
        public int read(byte[] bytes, int from, int max) {
            charged = Math.max(charged, charge.held());
            largest = Math.max(largest, bytes.length);
            int n = (int) Math.min(Math.min(max, size), length - read);
            for (int i = 0; i < n; i++) {
                bytes[from + i] = (byte) ((read + i) % 251);
            }
            read += n;
            return n == 0 && max > 0 ? -1 : n;
        }

        @Override
        public int read() {
            throw new AssertionError("one byte at a time");
        }

        @Override
        public boolean isFinished() {
            return read == length;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new AssertionError("the test calls");
        }
    }

    private final List<Object> ends = new ArrayList<>();

    private BodyReader reader(ServletInputStream in, long declared, long max, Charge charge) {
        BodyReader.chargeHead(declared, max, charge);
        return new BodyReader(in, declared, max, charge, bytes -> ends.add(bytes.length), e -> ends.add(e.getMessage()),
            () -> ends.add("cut"));
    }

    @Test
    void aBodyOfDeclaredLengthIsChargedBeforeAByteOfItIsRead() throws Exception {
        BytesInFlight large = new BytesInFlight(8 << 20);
        Charge charge = large.charge(Kind.STRANGER, "a");
        ServletInputStream unread = new Pieces(0, 0, charge);
        reader(unread, 600_000, 1 << 20, charge);
        assertEquals(600_000, large.taken());
        assertTrue(refusal(() -> reader(unread, 600_000, 1 << 20, large.charge(Kind.STRANGER, "a")))
            .contains("hold 600000 bytes"));
        assertEquals(600_000, large.taken());
    }

    @Test
    void aBodyOfDeclaredLengthIsReadIntoWhatWasCharged() throws Exception {
        BytesInFlight large = new BytesInFlight(8 << 20);
        for (int length : new int[] {0, 1, 4_096, 600_000}) {
            Charge charge = large.charge(Kind.STRANGER, "a");
            BodyReader reader = reader(new Pieces(length, 1_000, charge), length, 1 << 20, charge);
            reader.onDataAvailable();
            reader.onAllDataRead();
            assertEquals(length, charge.held());
            charge.close();
        }
        assertEquals(List.of(0, 1, 4_096, 600_000), ends);
    }

    @Test
    void aBodyInChunksIsChargedAsItGrows() throws Exception {
        BytesInFlight large = new BytesInFlight(8 << 20);
        Charge charge = large.charge(Kind.STRANGER, "a");
        Pieces body = new Pieces(100_000, 1_000, charge);
        BodyReader reader = reader(body, -1, 1 << 20, charge);
        assertEquals(4_096, charge.held());
        reader.onDataAvailable();
        reader.onAllDataRead();
        assertEquals(List.of(100_000), ends);
        assertEquals(126_976, body.charged, "the pieces, each twice as large as the one before");
        assertEquals(100_000, charge.held());
    }

    /** The collector would mark the whole heap for one of 512 KB. */
    @Test
    void untilALargeBodyHasComeNoArrayOfItIsLarge() throws Exception {
        BytesInFlight large = new BytesInFlight(8 << 20);
        List<byte[]> whole = new ArrayList<>();
        for (int length : new int[] {1, 4_096, 131_072, 131_073, 300_000, 1 << 20}) {
            for (long declared : new long[] {length, -1}) {
                Charge charge = large.charge(Kind.STRANGER, "a");
                BodyReader.chargeHead(declared, 1 << 20, charge);
                Pieces body = new Pieces(length, 1_000, charge);
                BodyReader reader = new BodyReader(body, declared, 1 << 20, charge, whole::add,
                    e -> ends.add(e.getMessage()), () -> ends.add("cut"));
                reader.onDataAvailable();
                assertTrue(body.largest <= 131_072, () -> "an array of " + body.largest);
                reader.onAllDataRead();
                byte[] bytes = whole.get(whole.size() - 1);
                assertEquals(length, bytes.length);
                assertTrue(IntStream.range(0, length).allMatch(i -> bytes[i] == (byte) (i % 251)), "other bytes");
                assertEquals(length, charge.held());
                charge.close();
            }
        }
        assertEquals(List.of(), ends);
        assertEquals(12, whole.size());
    }

    @Test
    void aBodyThatGrowsBeyondTheBudgetIsRefusedAndHoldsNothingWhileTheRestIsThrownAway() throws Exception {
        BytesInFlight little = new BytesInFlight(80_000); // 30,000 for strangers
        Charge charge = little.charge(Kind.STRANGER, "a");
        Pieces body = new Pieces(200_000, 1_000, charge);
        BodyReader reader = reader(body, -1, 1 << 20, charge);
        reader.onDataAvailable();
        assertEquals(0, little.taken());
        assertTrue(body.charged <= 30_000, () -> body.charged + " bytes were charged");
        reader.onAllDataRead();
        assertEquals(1, ends.size());
        assertTrue(ends.get(0).toString().contains("(rivulet.flight.bytes)"), ends.toString());
    }

    @Test
    void aLargeBodyHasMoreTime() {
        assertEquals(30_000, BodyReader.timeoutMs(30_000, 0, 1 << 20));
        assertEquals(62_000, BodyReader.timeoutMs(30_000, 1 << 20, 1 << 20));
        assertEquals(62_000, BodyReader.timeoutMs(30_000, -1, 1 << 20));
    }

    @Test
    void theChargeGoesWithARequestThatWaitsTwice() {
        Charge charge = stranger("a");
        List<String> calls = new ArrayList<>();
        jakarta.servlet.AsyncContext async = Stub.of(jakarta.servlet.AsyncContext.class, (method, arguments) -> {
            if (method.equals("addListener")) {
                calls.add(method);
            }
            return null;
        });
        charge.onStartAsync(new jakarta.servlet.AsyncEvent(async));
        assertEquals(List.of(), calls, "a stream that has let go of its body keeps no listener for it");
        charge.take(1);
        charge.onStartAsync(new jakarta.servlet.AsyncEvent(async));
        assertEquals(List.of("addListener"), calls);
    }
}
