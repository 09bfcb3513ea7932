package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses and blocks of them, as settings and headers write them. */
class IpBlockTest {

    @ParameterizedTest
    @CsvSource({"192.0.2.7,192.0.2.7", "::1,0:0:0:0:0:0:0:1", "2001:DB8::17,2001:db8:0:0:0:0:0:17",
        "[2001:db8::1],2001:db8:0:0:0:0:0:1", "fe80::1%eth0,fe80:0:0:0:0:0:0:1", "::ffff:192.0.2.7,192.0.2.7",
        "[0:0:0:0:0:0:0:1],0:0:0:0:0:0:0:1", "::,0:0:0:0:0:0:0:0", "0.0.0.0,0.0.0.0"})
    void anAddressIsOneHoweverItIsWritten(String text, String shown) {
        assertEquals(shown, IpBlock.address(text).toString());
        assertEquals(IpBlock.address(shown), IpBlock.address(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "localhost", "a.example", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4",
        "0x7f.0.0.1", "2130706433", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4:80", "::1::", ":", ":::", "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9", "g::1", "[::1", "::1]", "[]", "_hidden", "a:b", "dead:beef", "1.2.3.4/8", "%", "[%]"})
    void whatIsNoAddressIsNoneAndNoNameIsLookedUp(String text) {
        assertNull(IpBlock.address(text));
    }

    @Test
    void aBlockHoldsWhatBeginsAsItDoes() {
        assertHolds("10.0.0.0/8", List.of("10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"),
            List.of("11.0.0.0", "9.255.255.255", "::a00:1", "::1"));
        assertHolds("192.0.2.128/25", List.of("192.0.2.128", "192.0.2.255"), List.of("192.0.2.127", "192.0.3.128"));
        assertHolds("0.0.0.0/0", List.of("0.0.0.0", "255.255.255.255"), List.of("::1", "2001:db8::"));
        assertHolds("2001:db8::/32", List.of("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            List.of("2001:db9::", "2001:db7:ffff::", "32.1.13.184"));
        assertHolds("2001:db8:0:1::/64", List.of("2001:db8:0:1::1"), List.of("2001:db8:0:2::1", "2001:db8::1"));
        assertHolds("2001:db8::4/126", List.of("2001:db8::7"), List.of("2001:db8::8", "2001:db8::3"));
        assertHolds("::1", List.of("::1"), List.of("::2", "::"));
        assertHolds("::/0", List.of("::1", "2001:db8::", "ffff::"), List.of());
    }

    private static void assertHolds(String block, List<String> those, List<String> others) {
        assertEquals(IpBlock.parse(block), IpBlock.parse(IpBlock.parse(block).toString()), block);
        those.forEach(a -> assertTrue(IpBlock.parse(block).contains(IpBlock.address(a)), block + " holds " + a));
        others.forEach(a -> assertFalse(IpBlock.parse(block).contains(IpBlock.address(a)), block + " without " + a));
    }

    @Test
    void theNetworkOfAnAddressIsTheBlockOfItsFirstBits() {
        assertEquals("2001:db8:1:2:0:0:0:0/64", IpBlock.address("2001:db8:1:2:3:4:5:6").first(64).toString());
        assertEquals(IpBlock.address("2001:db8:1:2::1").first(64), IpBlock.address("2001:db8:1:2:f::").first(64));
        assertTrue(IpBlock.address("10.0.0.1").isV4());
        assertFalse(IpBlock.address("::10.0.0.1").isV4());
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "10.0.0.1/8",
        "2001:db8::1/64", "10.0.0/8", "/8"})
    void aBlockThatCannotBeMeantStopsTheStart(String text) {
        BadSetting bad = assertThrows(BadSetting.class, () -> Settings.with("trusted.proxies", "::1, " + text));
        assertTrue(bad.getMessage().startsWith("rivulet.trusted.proxies is \"::1, " + text + "\"")
            && bad.getMessage().contains("but " + text + " is not "), bad.getMessage());
    }

    @Test
    void aBlockWithBitsBehindItsLengthSaysWhereItWouldBegin() {
        assertTrue(assertThrows(BadSetting.class, () -> Settings.with("trusted.proxies", "10.1.2.3/8")).getMessage()
            .endsWith("it would begin at 10.0.0.0/8"));
        assertEquals(List.of(IpBlock.parse("10.0.0.0/8"), IpBlock.parse("::1")),
            Settings.with("trusted.proxies", "10.0.0.0/8,::1").get(SettingsTable.TRUSTED_PROXIES));
    }
}
