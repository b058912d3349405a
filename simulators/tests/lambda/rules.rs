//! The rules of the two APIs, told to a shell script that asks for what is to be refused.
