#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// OpenSSL's macros that Swift does not import, as functions of the same meaning.

static inline void swell_ctx_set_options(SSL_CTX *context) {
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}
static inline void swell_ctx_set_mode(SSL_CTX *context) {
  SSL_CTX_set_mode(
      context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
          | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
}
static inline int swell_ctx_set_versions(SSL_CTX *context, int least, int most) {
  return SSL_CTX_set_min_proto_version(context, least)
      && SSL_CTX_set_max_proto_version(context, most);
}
static inline void swell_ctx_set_cache_mode(SSL_CTX *context, long mode) {
  SSL_CTX_set_session_cache_mode(context, mode);
}
static inline int swell_ctx_add_chain(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline void swell_ctx_set_read_ahead(SSL_CTX *context) {
  SSL_CTX_set_read_ahead(context, 1);
}
static inline void swell_ctx_set_max_cert_list(SSL_CTX *context, long size) {
  SSL_CTX_set_max_cert_list(context, size);
}
static inline int swell_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}
static inline int swell_x509_count(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline STACK_OF(X509) *swell_x509_stack_new(void) { return sk_X509_new_null(); }
// The stack borrows what is pushed.
static inline void swell_x509_stack_push(STACK_OF(X509) *stack, X509 *certificate) {
  sk_X509_push(stack, certificate);
}
static inline void swell_x509_stack_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }
static inline int swell_x509_infos(const STACK_OF(X509_INFO) *stack) {
  return sk_X509_INFO_num(stack);
}
static inline X509 *swell_x509_info_certificate(const STACK_OF(X509_INFO) *stack, int index) {
  return sk_X509_INFO_value(stack, index)->x509;
}
static inline X509_CRL *swell_x509_info_list(const STACK_OF(X509_INFO) *stack, int index) {
  return sk_X509_INFO_value(stack, index)->crl;
}
static inline void swell_x509_infos_free(STACK_OF(X509_INFO) *stack) {
  sk_X509_INFO_pop_free(stack, X509_INFO_free);
}
static inline EVP_PKEY *swell_make_key(int is_rsa) {
  return is_rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
}
static inline void swell_x509v3_set(X509V3_CTX *context, X509 *issuer, X509 *subject) {
  X509V3_set_ctx_nodb(context);
  X509V3_set_ctx(context, issuer, subject, NULL, NULL, 0);
}
// A name on one line (RFC 2253), with control characters escaped: it goes into logs.
static inline void swell_print_name(BIO *out, const X509_NAME *name) {
  X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
static inline long swell_bio_bytes(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }
static inline void swell_free(void *memory) { OPENSSL_free(memory); }
