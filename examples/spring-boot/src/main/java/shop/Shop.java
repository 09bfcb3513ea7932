package shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** A shop with live updates below /live: the jar of the hub on the class path is all that it takes. */
@SpringBootApplication
public class Shop {

    public static void main(String[] arguments) {
        SpringApplication.run(Shop.class, arguments);
    }

    /** Orders need a login; streams are open, and the hub itself asks for rights by the roles of the login. */
    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        return http
            .authorizeHttpRequests(ask -> ask.requestMatchers("/orders").authenticated().anyRequest().permitAll())
            .httpBasic(Customizer.withDefaults())
            // the hub looks at the Origin of a request that comes with a login; the shop takes Basic alone
            .csrf(csrf -> csrf.ignoringRequestMatchers("/live/**", "/orders"))
            .build();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(
            User.withUsername("sam").password("{noop}secret").roles("SALES").build(),
            User.withUsername("ann").password("{noop}secret").roles("STAFF").build());
    }
}
