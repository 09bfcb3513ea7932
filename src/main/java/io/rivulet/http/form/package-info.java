/**
 * How a request is read and a whole answer is written, the same for all doors: queries, forms and bodies come in as
 * bytes that are checked, and {@link io.rivulet.http.form.Answer} goes out without blocking.
 */
package io.rivulet.http.form;
