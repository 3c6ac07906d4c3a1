#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cctype>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "tests/support/receiver/receiver.h"

namespace headway::testing {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Deleter<std::fclose>>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

void extend(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

}  // namespace

SelfSigned make_self_signed(const std::string& folder, const std::string& host, bool expired) {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  Certificate certificate(X509_new());
  require(key && certificate, "key");
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -7200);
  X509_gmtime_adj(X509_getm_notAfter(x), expired ? -3600 : 3600);
  X509_set_pubkey(x, key.get());
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(x, name);
  bool address = std::isdigit(static_cast<unsigned char>(host[0])) != 0;
  extend(x, NID_subject_alt_name, (address ? "IP:" : "DNS:") + host);
  extend(x, NID_basic_constraints, "critical,CA:TRUE");
  require(X509_sign(x, key.get(), EVP_sha256()) > 0, "sign");

  SelfSigned files{folder + "/cert.pem", folder + "/key.pem"};
  File certificate_file(std::fopen(files.certificate_file.c_str(), "w"));
  File key_file(std::fopen(files.key_file.c_str(), "w"));
  require(certificate_file && key_file, "files");
  require(PEM_write_X509(certificate_file.get(), x) == 1, "certificate file");
  require(
      PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "key file");
  return files;
}

}  // namespace headway::testing
