#include "syncd/ask.h"

static void on_answer(void *context, enum karto_err err, struct karto_slice answer)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_ANSWER);
    mail->err = err;
    karto_buf_add_slice(&mail->bytes, answer);
    karto_mailbox_put(context, mail);
}

enum karto_err karto_ask(struct karto_dial *dial, struct karto_mailbox *box, struct karto_slice frame, int timeout_ms,
                         struct karto_buf *answer)
{
    struct karto_mail *mail = NULL;
    enum karto_err err = karto_dial_call(dial, frame, timeout_ms, on_answer, box);
    if (err != KARTO_OK)
        return err;
    while (!mail) /* it comes in any case */
        mail = karto_mailbox_take(box, timeout_ms);
    err = mail->err;
    karto_buf_clear(answer);
    karto_buf_add_slice(answer, karto_buf_slice(&mail->bytes));
    karto_mail_free(mail);
    return err;
}
