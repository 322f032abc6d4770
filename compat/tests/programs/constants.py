import tensorflow as tf

a = tf.constant(2)
b = tf.constant(3)
m1 = tf.constant([[3., 3.]])
m2 = tf.constant([[2.], [2.]])
product = tf.matmul(m1, m2)
counter = tf.Variable(10.0)
scaled = counter * product

with tf.Session() as sess:
    init = tf.global_variables_initializer()
    sess.run(init)
    print("a=2, b=3")
    print("Addition with constants: %i" % sess.run(a+b))
    addition = sess.run(a+b)
    result = sess.run(product)
    both = sess.run([a, scaled])
